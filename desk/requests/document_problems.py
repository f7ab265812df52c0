"""What stands against an approval in the documents of requests."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.documents.on_hand import readiness
from desk.kinds.registry import kind_of
from models.documents.readings import readings_of_rounds
from models.requests import Request
from rules.findings.problems import Problem, problem
from rules.policy.policy import Policy
from rules.requests.document_readings import as_read, reading_problems
from rules.requests.documents import placed, uploads_named


async def document_problems(
    session: AsyncSession, requests: Sequence[Request], *, policy: Policy, now: datetime
) -> dict[UUID, tuple[Problem, ...]]:
    """Uploads that are not there, not read or unreadable, and what was read against the rules.

    By the ids of the requests that have any. Nothing for a request that names no upload: it was
    judged by what is stated. Nobody moves the uploads from here to the end of the caller's
    transaction, which has the requests locked.
    """
    stated = [
        (
            request,
            request.practitioner_id or request.newcomer_id,
            placed(kind_of(request).documents(request)),
        )
        for request in requests
    ]
    with_uploads = [
        (request, owner, documents)
        for request, owner, documents in stated
        if owner is not None and uploads_named(document for _, document in documents)
    ]
    if not with_uploads:
        return {}
    named = {
        (document.upload_id, owner)
        for _, owner, documents in with_uploads
        for _, document in documents
        if document.upload_id is not None
    }
    missing = await readiness(session, named, policy=policy, now=now)
    read = await readings_of_rounds(session, [request for request, _, _ in with_uploads])
    found: dict[UUID, tuple[Problem, ...]] = {}
    for request, owner, documents in with_uploads:
        problems = [
            problem(missing[document.upload_id, owner], f"{place}.id")
            for place, document in documents
            if document.upload_id is not None and (document.upload_id, owner) in missing
        ]
        readings = {upload: row.reading() for upload, row in read[request.id].items()}
        problems += reading_problems(documents, readings, policy)
        problems += await kind_of(request).check_documents(
            session, request, as_read(documents, readings), policy=policy
        )
        if problems:
            found[request.id] = tuple(problems)
    return found
