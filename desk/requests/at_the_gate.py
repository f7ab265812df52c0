"""An officer at the review gate: who may act on a request there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.officers import OwnRequest, refuse_own
from desk.policy import current_policy
from models.absences import absences_ahead
from models.door import Actor, record
from models.gate_facts import (
    ClaimHolder,
    GateFacts,
    SaidBefore,
    gate_facts,
    holders,
    lock_at_the_gate,
    where_they_stand,
)
from models.officers import Officer, OfficerUnknown, active_among, officer_name
from models.requests import Request, RequestUnknown
from rules.errors import Conflict, MumarisError
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


@dataclass(frozen=True)
class AtTheGate:
    """A request at the gate, whose row is locked, and the officer who acts on it."""

    request: Request
    officer: Officer
    #: What officers have said of the present round.
    said: tuple[SaidBefore, ...]
    #: Whether it is put aside: then that ends with what is done now.
    is_aside: bool
    #: Why a claim on it is over, which its row still says; None where none is, or it lasts.
    claim_over: str | None

    def refuse_anothers(self) -> None:
        """Raise `ClaimedByAnother` where another officer is working on it."""
        claimed_by = self.request.claimed_by if self.claim_over is None else None
        _refuse_anothers(self.request, claimed_by, self.officer)

    def end_old_claim(self, session: AsyncSession, *, now: datetime) -> None:
        """End a claim that is over; the history says that it ended, and why."""
        if self.claim_over is not None:
            _end_claim(session, self.request, self.claim_over, now=now)


async def at_the_gate(
    session: AsyncSession, tracking_code: str, officer_name: str, *, now: datetime
) -> tuple[Request, Officer]:
    """The request, locked, and the officer who acts on it; a claim that is over has ended.

    Raises `ReviewAlreadyDecided`, `DecisionWaits`, `RequestUnknown`, `OfficerUnknown` and
    `OwnRequest`.
    """
    (found,) = (await all_at_the_gate(session, {tracking_code: officer_name}, now=now)).values()
    if isinstance(found, MumarisError):
        raise found
    found.end_old_claim(session, now=now)
    return found.request, found.officer


async def all_at_the_gate(
    session: AsyncSession, asked: Mapping[str, str], *, now: datetime, wait: bool = True
) -> dict[str, AtTheGate | MumarisError]:
    """The same of many requests, each with its officer's name: in as many statements as of one.

    Each is there, or why it is not (as above); claims that are over are the caller's to end.
    Without ``wait``, what somebody else holds in this moment is left out of the answer.
    """
    names = {code: officer_name(typed) for code, typed in asked.items()}
    askable = {code: name for code, name in names.items() if name}
    locked = await lock_at_the_gate(session, askable, wait=wait) if askable else {}
    others = askable.keys() - locked.keys()
    acting = [(request, askable[code]) for code, request in locked.items()]
    facts = await gate_facts(session, acting) if acting else {}
    over = await claims_over(session, locked.values(), now=now)
    found: dict[str, AtTheGate | MumarisError] = {code: OfficerUnknown() for code in asked}
    for code, request in locked.items():
        found[code] = _of_one(request, facts[request.id], over.get(request.id))
    if others:
        elsewhere = await where_they_stand(session, others)
        active = await active_among(session, {askable[code] for code in others})
        for code in others:
            if askable[code] not in active:
                continue
            if code not in elsewhere:
                found[code] = RequestUnknown()
            elif wait or elsewhere[code] is not Status.UNDER_REVIEW:
                found[code] = ReviewAlreadyDecided(code, elsewhere[code])
            else:
                del found[code]
    return found


def _of_one(request: Request, facts: GateFacts, claim_over: str | None) -> AtTheGate | MumarisError:
    if facts.officer is None:
        return OfficerUnknown()
    try:
        refuse_own(facts.officer, request)
    except OwnRequest as own:
        return own
    if facts.waits:
        return DecisionWaits(request.tracking_code, facts.waits.officer, facts.waits.lands_at)
    return AtTheGate(request, facts.officer, facts.said, facts.is_aside, claim_over)


def refuse_anothers(request: Request, officer: Officer) -> None:
    """Raise `ClaimedByAnother` where another officer is working on it.

    A claim that is over has ended before.
    """
    _refuse_anothers(request, request.claimed_by, officer)


def _refuse_anothers(request: Request, claimed_by: str | None, officer: Officer) -> None:
    if claimed_by not in {None, officer.user_name}:
        raise ClaimedByAnother(request.tracking_code, str(claimed_by))


async def refuse_away(session: AsyncSession, officer: Officer, *, now: datetime) -> None:
    """Raise `OfficerAway` where today is one of the officer's days of absence."""
    today = riyadh_day(now)
    ahead = [one.days for one in await absences_ahead(session, officer.user_name, today)]
    for days in ahead:
        if days.holds(today):
            back = back_on(ahead, today, current_policy().working_days)
            raise OfficerAway(officer.user_name, days.last, back)


async def end_claim_that_is_over(session: AsyncSession, request: Request, *, now: datetime) -> None:
    """End a claim that is over, in the transaction that locks the request; the history says why."""
    for why in (await claims_over(session, [request], now=now)).values():
        _end_claim(session, request, why, now=now)


async def claims_over(
    session: AsyncSession, requests: Collection[Request], *, now: datetime
) -> dict[UUID, str]:
    """Which of these requests bear a claim that is over, and why, by their ids.

    A claim binds the others while its officer is at the desk, and for as long as it lasts.
    """
    claimed = {request.id: request for request in requests if request.claimed_by is not None}
    if not claimed:
        return {}
    names = {str(request.claimed_by) for request in claimed.values()}
    there = await holders(session, names, riyadh_day(now))
    why = {
        id_: _why_over(request, there[str(request.claimed_by)], now=now)
        for id_, request in claimed.items()
    }
    return {id_: said for id_, said in why.items() if said is not None}


def _why_over(request: Request, holder: ClaimHolder, *, now: datetime) -> str | None:
    if not holder.active:
        return OFFICER_NOT_ACTIVE
    if request.claim_until is None or request.claim_until <= now:
        return CLAIM_RAN_OUT
    return OFFICER_AWAY if holder.away else None


def _end_claim(session: AsyncSession, request: Request, why: str, *, now: datetime) -> None:
    holder = request.claimed_by
    request.end_claim()
    kind = ActorKind.OPERATIONS if why == OFFICER_NOT_ACTIVE else ActorKind.CLOCK
    by = Actor(kind, holder)
    record(session, request, EventName.RELEASED, by=by, now=now, reason_code=why)
