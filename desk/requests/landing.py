"""A decision made on the review desk's page: put down, taken back, landed.

It waits as a row of its own for policy's seconds. Meanwhile the request stays at the gate, is in no
queue, and nobody acts on it there but the officer, who may take the decision back. When it lands,
everything is checked anew: what is withdrawn or has changed by then is not decided.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.officers import OwnRequest
from desk.policy import current_policy
from desk.register.in_chunks import in_chunks
from desk.requests.at_the_gate import ReviewAlreadyDecided, at_the_gate
from desk.requests.claims import hold_claim
from desk.requests.review import Ruling, asked_of, decide_in, judge
from desk.requests.second_look import ChangedSinceReview, NotApprovable
from desk.requests.settling import ReadyToSettle, leave_the_desk
from models.database import is_of_one_statement, is_passing, transaction
from models.door import Actor, record, ring
from models.gate_facts import lock_by_code
from models.officers import OfficerUnknown, find_officer
from models.requests import Request, find_request
from models.waiting_decisions import (
    WaitingDecision,
    due_codes,
    waiting_decision_of,
    waiting_decisions_of,
)
from rules.errors import Conflict, MumarisError, NotAllowed
from rules.requests.correctable import Correctable
from rules.requests.events import EventName
from rules.requests.landing import Landing, is_due
from rules.requests.statuses import ActorKind, Status

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


@dataclass(frozen=True)
class Done:
    """What became of a decision that was handed in."""

    #: None where it is made already.
    lands_at: datetime | None


async def put_down(tracking_code: str, ruling: Ruling, *, now: datetime) -> datetime | None:
    """Let the officer's decision wait; returns when it lands.

    None where policy gives no time to take it back: then it is decided. What `decide` would refuse
    is refused now, with the same errors. The claim ends, and so does what was put aside. Repeated,
    it raises `desk.requests.at_the_gate.DecisionWaits`, as for everybody else.
    """
    async with transaction() as session:
        (done,) = (await put_down_in(session, {tracking_code: ruling}, now=now)).values()
    # A refusal comes after its transaction: what was computed afresh is kept, and nothing else.
    if isinstance(done, MumarisError):
        raise done
    return done.lands_at


async def put_down_in(
    session: AsyncSession, rulings: Mapping[str, Ruling], *, now: datetime
) -> dict[str, Done | MumarisError]:
    """The same for a set of requests, by tracking code, in the caller's transaction.

    In as many statements as for one. What is refused has written nothing, but what was computed
    afresh, which is the caller's to commit.
    """
    if not current_policy().review.take_back_seconds:
        decided = await decide_in(session, rulings, now=now)
        return {
            code: said if isinstance(said, MumarisError) else Done(None)
            for code, said in decided.items()
        }
    judged = await judge(session, await asked_of(session, rulings, now=now), now=now)
    ready = [one for one in judged.values() if isinstance(one, ReadyToSettle)]
    await leave_the_desk(session, ready, now=now)
    found: dict[str, Done | MumarisError] = {}
    for code, one in judged.items():
        if isinstance(one, MumarisError):
            found[code] = one
            continue
        waits = _row(one, now=now)
        session.add(waits)
        by = Actor(ActorKind.OFFICER, one.officer)
        record(session, one.request, EventName.DECISION_WAITS, by=by, now=now)
        found[code] = Done(waits.lands_at)
    if ready:
        await ring(session)
    return found


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
    for some in in_chunks(codes):
        try:
            ended += len(await _land_all(some, now=now))
        except Exception as fault:
            if is_passing(fault) and not is_of_one_statement(fault):
                raise
            ended += await _land_each(some, now=now)
    return ended


async def _land_all(codes: Sequence[str], *, now: datetime) -> Mapping[str, Landing]:
    async with transaction() as session:
        return await land_in(session, await lock_by_code(session, codes), now=now)


async def _land_each(codes: Sequence[str], *, now: datetime) -> int:
    """One of them fails, and with it the set: the others land by themselves."""
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
        return (await land_in(session, [request], now=now)).get(tracking_code)


async def land_in(
    session: AsyncSession, requests: Sequence[Request], *, now: datetime
) -> dict[str, Landing]:
    """The same of requests whose rows the caller has locked, in the caller's transaction.

    By their tracking codes; where none is due there is none. In as many statements as for one, and
    for each officer, verdict and reason. Decided is what `desk.requests.review.decide` decides,
    with all its checks. Where one of them refuses it by now, nothing is decided: the row says why,
    and the request is in its queue again.
    """
    waiting = await waiting_decisions_of(session, [request.id for request in requests])
    due = {
        request.tracking_code: (request, waits)
        for request in requests
        if (waits := waiting.get(request.id)) is not None
        and is_due(waits.put_down_at, waits.lands_at, now)
    }
    if not due:
        return {}
    # Ended first: while it waits, nobody decides, and neither does it.
    for _, waits in due.values():
        waits.end(Landing.LANDED, now=now)
    rulings = {code: _ruling(waits) for code, (_, waits) in due.items()}
    decided = await decide_in(session, rulings, now=now)
    ended = {code: _how(decided[code]) for code in due}
    refused = {code: how for code, how in ended.items() if how is not Landing.LANDED}
    for code, how in refused.items():
        request, waits = due[code]
        waits.end(how, now=now)
        by = Actor(ActorKind.CLOCK, waits.officer)
        record(session, request, EventName.DECISION_NOT_LANDED, by=by, now=now, reason_code=how)
    if refused:
        await ring(session)
    return ended


def _how(decided: Status | MumarisError) -> Landing:
    if isinstance(decided, MumarisError):
        return _WHY.get(type(decided), Landing.REFUSED)
    return Landing.LANDED


def _row(one: ReadyToSettle, *, now: datetime) -> WaitingDecision:
    seconds = current_policy().review.take_back_seconds
    return WaitingDecision(
        request_id=one.request.id,
        round=one.request.round,
        officer=one.officer,
        verdict=one.verdict,
        reason_code=one.reason_code,
        note=one.note,
        fields=list(one.fields),
        origin=one.origin,
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
