"""Clean cases approved several at a time, each of them shown and decided as a single one is."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.cases.case import Person
from desk.kinds.registry import kind_of
from desk.looks import Looker, note_look
from desk.officers import OwnRequest
from desk.policy import current_policy
from desk.queues.clean import look_through
from desk.requests.at_the_gate import (
    AtTheGate,
    ClaimedByAnother,
    DecisionWaits,
    ReviewAlreadyDecided,
    all_at_the_gate,
)
from desk.requests.landing import Done, put_down_in
from desk.requests.review import Ruling
from desk.requests.second_look import ChangedSinceReview, NotApprovable
from desk.requests.ticked import in_a_line
from models.access_log import Looked
from models.database import (
    is_of_one_statement,
    is_passing,
    patiently,
    snapshot,
    transaction,
)
from models.officers import OfficerUnknown, find_officer
from models.queues import Narrowed, likely_clean
from models.requests import Request, RequestUnknown
from rules.errors import Conflict, MumarisError
from rules.requests.bulk_approval import NotClean
from rules.requests.proposed import Proposed
from rules.requests.queues import Queue
from rules.requests.verdicts import Origin, Verdict
from rules.values.dates import riyadh_day

logger = logging.getLogger("mumaris.bulk")

#: For each line of the page so many are looked through, at most.
_LOOKED_THROUGH = 4


class NotCleanAnyMore(Conflict):
    """Something speaks against approving it together with others: look at it by itself."""

    def __init__(self, tracking_code: str, why: NotClean) -> None:
        super().__init__(f"request {tracking_code} is not approved with others: {why}")
        self.tracking_code = tracking_code
        self.why = why


class LineOutcome(StrEnum):
    """What became of one line."""

    #: It can be taken back for some seconds.
    PUT_DOWN = "put_down"
    APPROVED = "approved"
    #: The same officer has decided it, and can still take that back.
    ALREADY = "already"
    #: Another officer works on it, or has decided a moment ago.
    FASTER = "faster"
    #: It has left the gate: decided by whomever, or withdrawn.
    GONE = "gone"
    #: It brings something else than was shown.
    CHANGED = "changed"
    NOT_CLEAN = "not_clean"
    #: The rules forbid it by now.
    NOT_APPROVABLE = "not_approvable"
    OWN = "own"
    #: No request has this code.
    UNKNOWN = "unknown"
    REFUSED = "refused"
    #: By a fault of ours; nothing was decided.
    FAILED = "failed"


_OUTCOMES: Mapping[type[MumarisError], LineOutcome] = {
    ReviewAlreadyDecided: LineOutcome.GONE,
    ClaimedByAnother: LineOutcome.FASTER,
    DecisionWaits: LineOutcome.FASTER,
    ChangedSinceReview: LineOutcome.CHANGED,
    NotCleanAnyMore: LineOutcome.NOT_CLEAN,
    NotApprovable: LineOutcome.NOT_APPROVABLE,
    OwnRequest: LineOutcome.OWN,
    RequestUnknown: LineOutcome.UNKNOWN,
}


@dataclass(frozen=True, kw_only=True, repr=False)
class CleanCase:
    """A line of the page: personal data, as its `repr` shows."""

    tracking_code: str
    round: int
    due_at: datetime | None
    person: Person
    proposed: Proposed


@dataclass(frozen=True)
class Ticked:
    """A line that an officer ticked, in the round in which it was shown."""

    tracking_code: str
    round: int


@patiently
async def read_clean(
    officer: str, queue: Queue, narrowed: Narrowed, *, now: datetime
) -> tuple[CleanCase, ...]:
    """The queue's clean cases, most urgent first, as many as policy lets one press approve.

    Each of them is a look, with its line of the access log. Nothing is claimed. Raises
    `OfficerUnknown`.
    """
    most, by = current_policy().review.bulk_at_most, Looker.officer(officer)
    shown: list[CleanCase] = []
    async with snapshot() as session:
        who = await find_officer(session, officer)
        likely = await likely_clean(
            session,
            queue,
            who,
            narrowed,
            now=now,
            today=riyadh_day(now),
            limit=most * _LOOKED_THROUGH,
        )
        for start in range(0, len(likely), most):
            some = likely[start : start + most]
            looked = await look_through(session, some, who, now=now)
            clean = [request for request in some if looked[request.id].against is None]
            for request in clean[: most - len(shown)]:
                await note_look(
                    session,
                    Looked.CASE,
                    by=by,
                    now=now,
                    practitioner_id=request.practitioner_id,
                    request_id=request.id,
                )
                shown.append(await _line(session, request, looked[request.id].proposed))
            if len(shown) == most:
                break
    return tuple(shown)


async def approve_clean(
    officer: str, ticked: Sequence[Ticked], *, now: datetime
) -> tuple[tuple[str, LineOutcome], ...]:
    """Approve each, as its own page does, all of a press in one transaction; what became of each.

    The tick of a line stands for those of all that the line shows. Documents are not in it: policy
    has said that those of this kind need not be looked at. The decisions wait for policy's seconds,
    in which they can be taken back. What is refused stops no other; where one fails by a fault,
    each is approved in a transaction of its own. Repeated, each is done once. Raises
    `OfficerUnknown`, and the database's error where it is away.
    """
    async with transaction() as session:
        name = (await find_officer(session, officer)).user_name
    # The same line twice is one.
    lines = list(dict.fromkeys(ticked))
    outcomes: dict[Ticked, LineOutcome] = {}
    for some in _of_other_requests(lines):
        try:
            outcomes |= await _approve(some, name, now=now)
        except Exception as fault:
            if is_passing(fault) and not is_of_one_statement(fault):
                raise
            for one in some:
                outcomes[one] = await _by_itself(one, name, now=now)
    return tuple((one.tracking_code, outcomes[one]) for one in lines)


def _of_other_requests(lines: Sequence[Ticked]) -> list[list[Ticked]]:
    """In sets that name no request twice: nobody was shown two rounds of one."""
    sets: list[list[Ticked]] = []
    for one in lines:
        for some in sets:
            if one.tracking_code not in {other.tracking_code for other in some}:
                some.append(one)
                break
        else:
            sets.append([one])
    return sets


async def _by_itself(one: Ticked, officer: str, *, now: datetime) -> LineOutcome:
    try:
        return (await _approve([one], officer, now=now))[one]
    except Exception as fault:
        if is_passing(fault):
            raise
        logger.warning("an approval among several failed (%s)", type(fault).__name__)
        return LineOutcome.FAILED


async def _approve(
    lines: Sequence[Ticked], officer: str, *, now: datetime
) -> dict[Ticked, LineOutcome]:
    rounds = {one.tracking_code: one.round for one in lines}
    async with transaction() as session:
        there = await all_at_the_gate(session, dict.fromkeys(rounds, officer), now=now)
        outcomes: dict[str, Done | MumarisError] = {}
        shown: dict[str, AtTheGate] = {}
        for code, at in there.items():
            try:
                shown[code] = _as_shown(at, rounds[code])
            except MumarisError as refused:
                outcomes[code] = refused
        requests = [at.request for at in shown.values()]
        rulings: dict[str, Ruling] = {}
        if shown:
            who = next(iter(shown.values())).officer
            looked = await look_through(session, requests, who, now=now)
            for code, at in shown.items():
                if why := looked[at.request.id].against:
                    outcomes[code] = NotCleanAnyMore(code, why)
                else:
                    rulings[code] = _ruling(at, officer)
        outcomes |= await put_down_in(session, rulings, now=now)
    return {one: _outcome(outcomes[one.tracking_code], officer) for one in lines}


def _as_shown(at: AtTheGate | MumarisError, round_: int) -> AtTheGate:
    if isinstance(at, MumarisError):
        raise at
    if round_ != at.request.round:
        raise ChangedSinceReview(at.request.tracking_code)
    at.refuse_anothers()
    return at


def _ruling(at: AtTheGate, officer: str) -> Ruling:
    return Ruling(
        verdict=Verdict.APPROVE,
        officer=officer,
        origin=Origin.DESK_LIST,
        round=at.request.round,
        ticks=in_a_line(at.request),
    )


def _outcome(said: Done | MumarisError, officer: str) -> LineOutcome:
    if isinstance(said, Done):
        return LineOutcome.APPROVED if said.lands_at is None else LineOutcome.PUT_DOWN
    if isinstance(said, OfficerUnknown):
        raise said
    if isinstance(said, DecisionWaits) and said.officer == officer:
        return LineOutcome.ALREADY
    return _OUTCOMES.get(type(said), LineOutcome.REFUSED)


async def _line(session: AsyncSession, request: Request, proposed: Proposed) -> CleanCase:
    applicant = await kind_of(request).applicant_of(session, request)
    return CleanCase(
        tracking_code=request.tracking_code,
        round=request.round,
        due_at=request.review_due_at,
        person=Person(
            registration_number=applicant.registration_number,
            name_ar=applicant.name_ar,
            name_en=applicant.name_en,
        ),
        proposed=proposed,
    )
