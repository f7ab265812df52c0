"""How a request has fared: what operations see of it, and what an officer sees beside its data."""

from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.cases.payments import BillState, bill_state
from desk.cases.standing import Standing, standing_of
from desk.mail.listing import LetterState, letter_state
from desk.requests.timeline import TimelineEntry, timeline
from models.cases import letters_of
from models.database import snapshot
from models.payments import bill_of
from models.requests import Request, RequestEvent, find_request, history
from rules.findings.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a request stands and how it came there; nobody's data."""

    request: Standing
    #: What the applicant is asked to correct: our own sentences, not what was typed.
    corrections: tuple[Problem, ...]
    timeline: tuple[TimelineEntry, ...]
    letters: tuple[LetterState, ...]
    #: None while there is none.
    bill: BillState | None


async def read_progress(tracking_code: str) -> Progress:
    """How the request has fared, at one moment; raises `RequestUnknown`."""
    async with snapshot() as session:
        request = await find_request(session, tracking_code)
        return await progress_of(session, request, await history(session, request.id))


async def progress_of(
    session: AsyncSession, request: Request, events: list[RequestEvent]
) -> Progress:
    """How this request with this history has fared, in the caller's transaction."""
    bill = await bill_of(session, request.id)
    return Progress(
        request=standing_of(request),
        corrections=tuple(map(Problem.from_json, request.corrections)),
        timeline=timeline(events),
        letters=tuple(map(letter_state, await letters_of(session, request.id))),
        bill=bill_state(bill) if bill else None,
    )
