"""An officer at the review gate: who may act on a request there."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.officers import refuse_own
from models.door import Actor, record
from models.officers import Officer, find_officer
from models.requests import Request, find_request
from models.waiting_decisions import waiting_decision_of
from rules.errors import Conflict
from rules.requests.events import EventName
from rules.requests.statuses import ActorKind, Status

#: Why a claim ended by itself.
OFFICER_NOT_ACTIVE = "officer_not_active"
CLAIM_RAN_OUT = "claim_ran_out"


class ReviewAlreadyDecided(Conflict):
    """The request has left the gate."""

    def __init__(self, tracking_code: str, status: Status) -> None:
        super().__init__(f"request {tracking_code} is not at the review gate: it is {status}")
        self.tracking_code = tracking_code
        self.status = status


class ClaimedByAnother(Conflict):
    """Another officer is working on the request."""

    def __init__(self, tracking_code: str, claimed_by: str) -> None:
        super().__init__(f"request {tracking_code} is claimed by {claimed_by}")
        self.claimed_by = claimed_by


class DecisionWaits(Conflict):
    """An officer has decided; until it lands, only they can do something: take it back."""

    def __init__(self, tracking_code: str, officer: str, lands_at: datetime) -> None:
        super().__init__(
            f"request {tracking_code} is decided by {officer}, who can still take it back"
        )
        self.tracking_code = tracking_code
        self.officer = officer
        self.lands_at = lands_at


async def at_the_gate(
    session: AsyncSession, tracking_code: str, officer_name: str, *, now: datetime
) -> tuple[Request, Officer]:
    """The request, locked, and the officer who acts on it.

    Raises `ReviewAlreadyDecided`, `DecisionWaits`, `RequestUnknown`, `OfficerUnknown` and
    `OwnRequest`.
    """
    officer = await find_officer(session, officer_name)
    request = await find_request(session, tracking_code, lock=True)
    if request.status != Status.UNDER_REVIEW:
        raise ReviewAlreadyDecided(tracking_code, Status(request.status))
    refuse_own(officer, request)
    if waits := await waiting_decision_of(session, request.id):
        raise DecisionWaits(tracking_code, waits.officer, waits.lands_at)
    await end_claim_that_is_over(session, request, now=now)
    return request, officer


def refuse_anothers(request: Request, officer: Officer) -> None:
    """Raise `ClaimedByAnother` where another officer is working on it."""
    if request.claimed_by not in {None, officer.user_name}:
        raise ClaimedByAnother(request.tracking_code, str(request.claimed_by))


async def end_claim_that_is_over(session: AsyncSession, request: Request, *, now: datetime) -> None:
    """A claim binds the others while its officer is active, and for as long as it lasts.

    The history says that it ended, and why. In the transaction that locks the request.
    """
    if request.claimed_by is None or request.claim_until is None:
        return
    holder = await session.get_one(Officer, request.claimed_by)
    if holder.active and now < request.claim_until:
        return
    why = CLAIM_RAN_OUT if holder.active else OFFICER_NOT_ACTIVE
    request.end_claim()
    by = Actor(
        ActorKind.OPERATIONS if why == OFFICER_NOT_ACTIVE else ActorKind.CLOCK, holder.user_name
    )
    record(session, request, EventName.RELEASED, by=by, now=now, reason_code=why)
