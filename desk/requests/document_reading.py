"""What an officer read in a document of a request: one line of history each time."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.registry import kind_of
from desk.policy import current_policy
from desk.requests.at_the_gate import at_the_gate, refuse_anothers
from desk.requests.second_look import ChangedSinceReview
from desk.requests.ticked import tick_document
from models.database import transaction
from models.documents.documents import UploadUnknown
from models.documents.readings import DocumentReading
from models.requests import Request
from rules.errors import Refused
from rules.findings.problems import Problem
from rules.requests.document_readings import DocumentRead, Particular, checked_reading, differences
from rules.requests.documents import DocumentOnRequest
from rules.values.dates import riyadh_day


class ReadingRefused(Refused):
    """What was read cannot be so; ``problems`` says why, in both languages."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "; ".join(f"{found.field}: {found.sentence.en}" for found in self.problems)
        )


async def read_document(
    tracking_code: str,
    upload_id: str,
    officer: str,
    reading: DocumentRead,
    *,
    now: datetime,
    round_: int | None = None,
) -> tuple[Particular, ...]:
    """Keep what the officer read in a document that the request's present round names.

    Returns what differs from what is stated. Only at the gate, only where no other officer works on
    the request, and never of one's own. Once more is one more line: the last one of the round
    counts, whoever wrote it. Whoever reads a document has ticked it. ``round_`` is the one that the
    officer was shown; None where it was looked at just now. Raises `ReadingRefused`,
    `UploadUnknown`, `ChangedSinceReview`, `ReviewAlreadyDecided`, `ClaimedByAnother`, `OwnRequest`,
    `RequestUnknown`, `OfficerUnknown`.
    """
    checked, problems = checked_reading(reading, today=riyadh_day(now), policy=current_policy())
    if problems:
        raise ReadingRefused(problems)
    async with transaction() as session:
        request, who = await at_the_gate(session, tracking_code, officer, now=now)
        if round_ not in {None, request.round}:
            raise ChangedSinceReview(tracking_code)
        refuse_anothers(request, who)
        stated = _stated(request, upload_id)
        await _keep(session, request, upload_id, who.user_name, checked, now=now)
        await tick_document(session, request, upload_id, who, now=now)
    return differences(stated, checked)


def _stated(request: Request, upload_id: str) -> DocumentOnRequest:
    for document in kind_of(request).documents(request):
        if document.upload_id == upload_id:
            return document
    raise UploadUnknown


async def _keep(
    session: AsyncSession,
    request: Request,
    upload_id: str,
    officer: str,
    reading: DocumentRead,
    *,
    now: datetime,
) -> None:
    session.add(
        DocumentReading(
            request_id=request.id,
            round=request.round,
            upload_id=upload_id,
            officer=officer,
            read_at=now,
            readable=reading.readable,
            issuer=reading.issuer,
            issued_on=reading.issued_on,
            expires_on=reading.expires_on,
        )
    )
    await session.flush()
