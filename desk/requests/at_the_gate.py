"""An officer at the review gate: who may act on a request there."""

from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.officers import refuse_own
from desk.policy import current_policy
from models.absences import absences_ahead, not_at_the_desk
from models.door import Actor, record
from models.officers import Officer, find_officer
from models.requests import Request, find_request
from models.waiting_decisions import waiting_decision_of
from rules.errors import Conflict
from rules.requests.absences import back_on
from rules.requests.events import EventName
from rules.requests.statuses import ActorKind, Status
from rules.values.dates import riyadh_day

#: Why a claim ended by itself.
OFFICER_NOT_ACTIVE = "officer_not_active"
OFFICER_AWAY = "officer_away"
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


class OfficerAway(Conflict):
    """Whoever is away is given nothing, and takes nothing."""

    def __init__(self, officer: str, last: date, back_on: date) -> None:
        super().__init__(f"{officer} is away until {last}, and is back on {back_on}")
        self.officer = officer
        self.last = last
        self.back_on = back_on


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


async def refuse_away(session: AsyncSession, officer: Officer, *, now: datetime) -> None:
    """Raise `OfficerAway` where today is one of the officer's days of absence."""
    today = riyadh_day(now)
    ahead = [one.days for one in await absences_ahead(session, officer.user_name, today)]
    for days in ahead:
        if days.holds(today):
            back = back_on(ahead, today, current_policy().working_days)
            raise OfficerAway(officer.user_name, days.last, back)


async def end_claim_that_is_over(session: AsyncSession, request: Request, *, now: datetime) -> None:
    """A claim binds the others while its officer is at the desk, and for as long as it lasts.

    The history says that it ended, and why. In the transaction that locks the request.
    """
    if request.claimed_by is None or request.claim_until is None:
        return
    holder = await session.get_one(Officer, request.claimed_by)
    why = await _why_over(session, request, holder, now=now)
    if why is None:
        return
    request.end_claim()
    kind = ActorKind.OPERATIONS if why == OFFICER_NOT_ACTIVE else ActorKind.CLOCK
    by = Actor(kind, holder.user_name)
    record(session, request, EventName.RELEASED, by=by, now=now, reason_code=why)


async def _why_over(
    session: AsyncSession, request: Request, holder: Officer, *, now: datetime
) -> str | None:
    if not holder.active:
        return OFFICER_NOT_ACTIVE
    if request.claim_until is None or request.claim_until <= now:
        return CLAIM_RAN_OUT
    away = await not_at_the_desk(session, [holder.user_name], riyadh_day(now))
    return OFFICER_AWAY if away else None
