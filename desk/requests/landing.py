"""A decision made on the review desk's page: put down, taken back, landed.

It waits as a row of its own for policy's seconds. Meanwhile the request stays at the gate, is in no
queue, and nobody acts on it there but the officer, who may take the decision back. When it lands,
everything is checked anew: what is withdrawn or has changed by then is not decided.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.officers import OwnRequest
from desk.policy import current_policy
from desk.requests.at_the_gate import ReviewAlreadyDecided, at_the_gate
from desk.requests.claims import hold_claim
from desk.requests.review import NOTE_LENGTH, Ruling, decide_in
from desk.requests.second_look import ChangedSinceReview, NotApprovable
from models.database import is_passing, transaction
from models.door import Actor, record, ring
from models.officers import OfficerUnknown, find_officer
from models.requests import Request, find_request
from models.review_desk import end_put_aside
from models.waiting_decisions import WaitingDecision, due_codes, waiting_decision_of
from rules.errors import Conflict, MumarisError, NotAllowed, NotFound, Refused
from rules.requests.correctable import Correctable
from rules.requests.events import EventName
from rules.requests.landing import Landing, is_due
from rules.requests.statuses import ActorKind
from rules.requests.verdicts import Verdict
from rules.values.text import clean_note

logger = logging.getLogger("mumaris.landing")

#: What a check that refuses the decision is called in its row.
_WHY: Mapping[type[MumarisError], Landing] = {
    ReviewAlreadyDecided: Landing.NOT_AT_THE_GATE,
    ChangedSinceReview: Landing.CHANGED_SINCE_REVIEW,
    NotApprovable: Landing.NOT_APPROVABLE,
    OfficerUnknown: Landing.OFFICER_NOT_ACTIVE,
    OwnRequest: Landing.OWN_REQUEST,
}


class NoDecisionWaits(Conflict):
    """The decision has landed, or was taken back before."""

    def __init__(self, tracking_code: str) -> None:
        super().__init__(f"no decision on request {tracking_code} can be taken back any more")
        self.tracking_code = tracking_code


class DecisionOfAnother(NotAllowed):
    """A decision is taken back by whoever made it."""

    def __init__(self, tracking_code: str, officer: str) -> None:
        super().__init__(f"the decision on request {tracking_code} is {officer}'s to take back")


async def put_down(tracking_code: str, ruling: Ruling, *, now: datetime) -> datetime | None:
    """Let the officer's decision wait; returns when it lands.

    None where policy gives no time to take it back: then it is decided. What `decide` would refuse
    is refused now, with the same errors. The claim ends, and so does what was put aside. Repeated,
    it raises `desk.requests.at_the_gate.DecisionWaits`, as for everybody else.
    """
    async with transaction() as session:
        done = await put_down_in(session, tracking_code, ruling, now=now)
    if done is None:
        # What was computed afresh is kept: the refusal comes after its transaction.
        raise ChangedSinceReview(tracking_code)
    return done.lands_at


@dataclass(frozen=True)
class Done:
    """What became of a decision that was handed in."""

    #: None where it is made already.
    lands_at: datetime | None


async def put_down_in(
    session: AsyncSession, tracking_code: str, ruling: Ruling, *, now: datetime
) -> Done | None:
    """The same in the caller's transaction; None where officers have to look at it again.

    Then what was computed afresh is the caller's to commit.
    """
    if not current_policy().review.take_back_seconds:
        status = await decide_in(session, tracking_code, ruling, now=now)
        return None if status is None else Done(None)
    waits = await _put_down(session, tracking_code, ruling, now=now)
    return None if waits is None else Done(waits.lands_at)


async def take_back(tracking_code: str, officer: str, *, now: datetime) -> None:
    """Take one's decision back; its officer holds the request again, as with a new claim.

    As long as it has not landed, however late that is. Nothing of it is said to anybody. Raises
    `NoDecisionWaits`, also when repeated, `DecisionOfAnother`, `ReviewAlreadyDecided` where the
    applicant has withdrawn meanwhile, `RequestUnknown` and `OfficerUnknown`.
    """
    async with transaction() as session:
        name = (await find_officer(session, officer)).user_name
        request = await find_request(session, tracking_code, lock=True)
        waits = await waiting_decision_of(session, request.id)
        if waits is None:
            raise NoDecisionWaits(tracking_code)
        if waits.officer != name:
            raise DecisionOfAnother(tracking_code, waits.officer)
        waits.end(Landing.TAKEN_BACK, now=now)
        request, found = await at_the_gate(session, tracking_code, name, now=now)
        by = Actor(ActorKind.OFFICER, name)
        record(session, request, EventName.DECISION_TAKEN_BACK, by=by, now=now)
        await hold_claim(session, request, found, now=now)


async def land_due(officer: str, *, now: datetime) -> int:
    """Land what this officer has decided and cannot take back any more; how many ended.

    What the officer's next request begins with, so that the desk shows what it is told; the sweep
    lands everybody's. One that fails is left to the sweep, which sets it aside and says so. Raises
    the database's error where it is away.
    """
    async with transaction() as session:
        codes = await due_codes(session, officer, now=now)
    ended = 0
    for code in codes:
        try:
            ended += await land(code, now=now) is not None
        except Exception as fault:
            if is_passing(fault):
                raise
            logger.warning("a decision does not land (%s)", type(fault).__name__)
    return ended


async def land(tracking_code: str, *, now: datetime) -> Landing | None:
    """Land the decision that waits on this request, if it is due; returns how it ended.

    None where none is due. Of several who land it at a time one does. Raises `RequestUnknown`.
    """
    async with transaction() as session:
        request = await find_request(session, tracking_code, lock=True)
        return await land_in(session, request, now=now)


async def land_in(session: AsyncSession, request: Request, *, now: datetime) -> Landing | None:
    """The same of a request whose row the caller has locked, in the caller's transaction.

    Decided is what `desk.requests.review.decide` decides, with all its checks. Where one of them
    refuses it by now, nothing is decided: the row says why, and the request is in its queue again.
    """
    waits = await waiting_decision_of(session, request.id)
    if waits is None or not is_due(waits.put_down_at, waits.lands_at, now):
        return None
    # Ended first: while it waits, nobody decides, and neither does it.
    waits.end(Landing.LANDED, now=now)
    how = await _decided(session, request, waits, now=now)
    if how is not Landing.LANDED:
        waits.end(how, now=now)
        by = Actor(ActorKind.CLOCK, waits.officer)
        record(session, request, EventName.DECISION_NOT_LANDED, by=by, now=now, reason_code=how)
        await ring(session)
    return how


async def _put_down(
    session: AsyncSession, tracking_code: str, ruling: Ruling, *, now: datetime
) -> WaitingDecision | None:
    request, officer = await at_the_gate(session, tracking_code, ruling.officer, now=now)
    attempt = await session.begin_nested()
    if await decide_in(session, tracking_code, ruling, now=now) is None:
        await attempt.commit()
        return None
    await attempt.rollback()
    await session.refresh(request)
    await end_put_aside(session, request, now=now)
    request.end_claim()
    waits = _row(request, officer.user_name, ruling, now=now)
    session.add(waits)
    by = Actor(ActorKind.OFFICER, officer.user_name)
    record(session, request, EventName.DECISION_WAITS, by=by, now=now)
    await ring(session)
    return waits


async def _decided(
    session: AsyncSession, request: Request, waits: WaitingDecision, *, now: datetime
) -> Landing:
    try:
        async with session.begin_nested():
            status = await decide_in(session, request.tracking_code, _ruling(waits), now=now)
    except (Conflict, NotAllowed, NotFound, Refused) as refused:
        await session.refresh(request)
        return _WHY.get(type(refused), Landing.REFUSED)
    return Landing.LANDED if status else Landing.CHANGED_SINCE_REVIEW


def _row(request: Request, officer: str, ruling: Ruling, *, now: datetime) -> WaitingDecision:
    seconds = current_policy().review.take_back_seconds
    return WaitingDecision(
        request_id=request.id,
        round=request.round,
        officer=officer,
        verdict=ruling.verdict,
        reason_code=None if ruling.verdict is Verdict.APPROVE else ruling.reason_code,
        note=clean_note(ruling.note, max_length=NOTE_LENGTH),
        fields=list(ruling.fields),
        origin=ruling.origin,
        put_down_at=now,
        lands_at=now + timedelta(seconds=seconds),
    )


def _ruling(waits: WaitingDecision) -> Ruling:
    return Ruling(
        verdict=waits.verdict,
        officer=waits.officer,
        reason_code=waits.reason_code,
        note=waits.note,
        fields=[Correctable(name) for name in waits.fields],
        origin=waits.origin,
        round=waits.round,
    )
