"""What stands against an approval in the documents of a request."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.documents.on_hand import readiness
from desk.kinds.registry import kind_of
from desk.policy import current_policy
from models.documents.readings import readings_of_round
from models.requests import Request
from rules.findings.problems import Problem, problem
from rules.requests.document_readings import as_read, reading_problems
from rules.requests.documents import placed, uploads_named


async def document_problems(
    session: AsyncSession, request: Request, *, now: datetime
) -> tuple[Problem, ...]:
    """Uploads that are not there, not read or unreadable, and what was read against the rules.

    Nothing for a request that names no upload: it was judged by what is stated. Nobody moves the
    uploads from here to the end of the caller's transaction, which has the request locked.
    """
    policy, kind = current_policy(), kind_of(request)
    documents = placed(kind.documents(request))
    ids = uploads_named(document for _, document in documents)
    if not ids or request.practitioner_id is None:
        return ()
    missing = await readiness(session, ids, request.practitioner_id, policy=policy, now=now)
    problems = [
        problem(missing[document.upload_id], f"{place}.id")
        for place, document in documents
        if document.upload_id in missing
    ]
    kept = await readings_of_round(session, request)
    readings = {upload_id: row.reading() for upload_id, row in kept.items()}
    problems += reading_problems(documents, readings, policy)
    problems += await kind.check_documents(
        session, request, as_read(documents, readings), policy=policy
    )
    return tuple(problems)
