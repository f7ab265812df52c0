"""The review gate's record: what officers decide."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.coalescing import Coalescing
from desk.kinds.registry import kind_of
from desk.policy import current_policy
from desk.requests.at_the_gate import AtTheGate, all_at_the_gate
from desk.requests.second_look import ChangedSinceReview, look_again
from desk.requests.settling import ReadyToSettle, settle
from desk.requests.ticked import not_all_ticked
from models.database import transaction
from models.requests import Request, ids_of
from models.ticks import ticks_of_many
from rules.errors import MumarisError, NotAllowed, Refused
from rules.register.fields import Field
from rules.requests.correctable import Correctable
from rules.requests.review import REASONS, WANT_A_NOTE
from rules.requests.statuses import Status
from rules.requests.verdicts import Origin, Verdict
from rules.values.text import clean_note
from traces.work import is_traced, note_moved

#: What ``reason_code`` may be, by verdict.
NOTE_LENGTH = 1000
#: Whose officers have a page on which they tick.
_NEEDS_TICKS = frozenset({Origin.DESK_PAGE, Origin.DESK_LIST})


class AlreadyApprovedByOfficer(NotAllowed):
    """Four eyes: this officer has approved already, and another one is needed."""

    def __init__(self, tracking_code: str) -> None:
        super().__init__(
            f"request {tracking_code} needs a second officer: this one has already approved it"
        )


class DecidedAtTheDesk(NotAllowed):
    """Prefect's form does not decide this: it knows no signed-in officer."""

    def __init__(self, tracking_code: str) -> None:
        super().__init__(f"request {tracking_code} is decided at the review desk only")


class ReasonMissing(Refused):
    """A return names fields and a reason, a rejection a reason; says which ones there are."""

    def __init__(
        self, verdict: Verdict, *, reasons: Iterable[str] = (), fields: Iterable[str] = ()
    ) -> None:
        self.reasons, self.fields = tuple(reasons), tuple(sorted(fields))
        said = "name the fields to correct"
        if self.reasons:
            said = f"give one of these reasons: {', '.join(self.reasons)}"
        elif self.fields:
            said = f"name fields that it touches: {', '.join(self.fields)}"
        super().__init__(f"to {verdict} a request, {said}")


class NoteMissing(Refused):
    """This reason sends the applicant to the officer's note: write one."""


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """One officer's decision, as it is handed in."""

    verdict: Verdict
    officer: str
    reason_code: str | None = None
    note: str | None = None
    #: The fields to correct, for a return.
    fields: Sequence[Field | Correctable] = ()
    origin: Origin = Origin.PYTHON
    #: The round that the officer was shown; None where it was looked at just now.
    round: int | None = None
    #: What the officer ticks with this very act: kept where it is decided.
    ticks: Collection[str] = ()


@dataclass(frozen=True, repr=False)
class _Asked:
    code: str
    ruling: Ruling
    now: datetime


@dataclass(frozen=True, repr=False)
class _Said:
    outcome: Status | MumarisError
    #: The request, where its trace is not yet told: a set has no press of its own.
    untold: UUID | None = None


async def decide(tracking_code: str, ruling: Ruling, *, now: datetime) -> Status:
    """Record the officer's decision and, where it settles the gate, move the request.

    Returns the status afterwards: still `UNDER_REVIEW` where four eyes are asked for and this was
    the first pair. Repeated, it raises `ReviewAlreadyDecided` or `AlreadyApprovedByOfficer`; of
    concurrent decisions each is recorded once and the first that settles the gate wins. An approval
    of what has changed since it was shown is not recorded: `ChangedSinceReview`, or `NotApprovable`
    where rules forbid it by now. Of Prefect's form it takes nothing where policy switched the form
    off, and nothing about a request that needs four eyes: `DecidedAtTheDesk`. Of the desk's page it
    takes no approval before its officer has ticked all (of several in one press, all but
    documents): `NotAllTicked`. Raises `RequestUnknown`, `OfficerUnknown`, `OwnRequest`,
    `ClaimedByAnother`, `DecisionWaits`, `ReasonMissing`, `NoteMissing`.
    """
    said = await _COALESCING.done(_Asked(tracking_code, ruling, now))
    # A refusal comes after its transaction: what was computed afresh is kept, and nothing else.
    if isinstance(said.outcome, MumarisError):
        raise said.outcome
    if said.untold is not None:
        note_moved([said.untold])
    return said.outcome


async def _decide_alone(one: _Asked) -> _Said:
    async with transaction() as session:
        (outcome,) = (await decide_in(session, {one.code: one.ruling}, now=one.now)).values()
    return _Said(outcome)


async def _decide_together(ones: Sequence[_Asked]) -> list[_Said | None]:
    """What others hold, and a second ruling of one request, is decided alone."""
    first = {one.code: one for one in reversed(ones)}
    rulings = {code: one.ruling for code, one in first.items()}
    latest = max(one.now for one in ones)
    async with transaction() as session:
        found = await decide_in(session, rulings, now=latest, wait=False)
        ids = await ids_of(session, list(found)) if is_traced() else {}
    said = {code: _Said(outcome, ids.get(code)) for code, outcome in found.items()}
    return [said.get(one.code) if first[one.code] is one else None for one in ones]


_COALESCING = Coalescing(_decide_alone, _decide_together)


async def decide_in(
    session: AsyncSession,
    rulings: Mapping[str, Ruling],
    *,
    now: datetime,
    wait: bool = True,
    in_bulk: bool = False,
) -> dict[str, Status | MumarisError]:
    """The same for a set of requests, by tracking code, in the caller's transaction.

    In as many statements as for one; those that want what one person alone can have come behind
    the rest, one by one (`KindOfRequest.wants_alone`). The answer of each is what `decide` returns
    or raises, and what is refused has written nothing, but what was computed afresh, which is the
    caller's to commit. Without ``wait``, what somebody else holds in this moment is left out.
    ``in_bulk`` says that all of them are one press.
    """
    asked = await asked_of(session, rulings, now=now, wait=wait)
    alone = {
        code: wanted
        for code, one in asked.items()
        if isinstance(one, ReadyToSettle)
        and (wanted := kind_of(one.request).wants_alone(one.request)) is not None
    }
    found: dict[str, Status | MumarisError] = {}
    together = {code: one for code, one in asked.items() if code not in alone}
    for some in (together, *({code: asked[code]} for code in sorted(alone, key=alone.__getitem__))):
        judged = await judge(session, some, now=now)
        ready = [one for one in judged.values() if isinstance(one, ReadyToSettle)]
        done = await settle(session, ready, now=now, in_bulk=in_bulk) if ready else {}
        for code, one in judged.items():
            found[code] = done[code] if isinstance(one, ReadyToSettle) else one
    return {code: found[code] for code in rulings if code in found}


async def asked_of(
    session: AsyncSession, rulings: Mapping[str, Ruling], *, now: datetime, wait: bool = True
) -> dict[str, ReadyToSettle | MumarisError]:
    """Lock the requests, and ask of each ruling what can be told without computing them afresh."""
    found: dict[str, ReadyToSettle | MumarisError] = {}
    said: dict[str, tuple[str | None, str | None]] = {}
    for code, ruling in rulings.items():
        try:
            said[code] = said_of(ruling)
        except MumarisError as refused:
            found[code] = refused
    officers = {code: rulings[code].officer for code in said}
    there = await all_at_the_gate(session, officers, now=now, wait=wait)
    for code, at in there.items():
        ruling = rulings[code]
        try:
            found[code] = _ready(at, ruling, *said[code])
        except MumarisError as refused:
            found[code] = refused
    return found


async def judge(
    session: AsyncSession, asked: Mapping[str, ReadyToSettle | MumarisError], *, now: datetime
) -> dict[str, ReadyToSettle | MumarisError]:
    """Ask the rest of those that are approved: what has changed since review, documents, ticks.

    Nothing is decided here, and nothing written but what was computed afresh.
    """
    found = dict(asked)
    approved = {
        code: one
        for code, one in asked.items()
        if isinstance(one, ReadyToSettle) and one.verdict is Verdict.APPROVE
    }
    against = await look_again(session, [one.at for one in approved.values()], now=now)
    ticked = [
        (one.request, one.officer)
        for one in approved.values()
        if one.origin in _NEEDS_TICKS and one.request.id not in against
    ]
    ticks = await ticks_of_many(session, ticked) if ticked else {}
    for code, one in approved.items():
        request = one.request
        refused: MumarisError | None = against.get(request.id)
        if request.id in ticks:
            by_itself = one.origin is Origin.DESK_PAGE
            done = ticks[request.id].union(one.ticks)
            refused = not_all_ticked(request, done, documents=by_itself)
        if refused is not None:
            found[code] = refused
    return found


def form_decides(request: Request) -> bool:
    """Whether a decision from Prefect's form counts: policy lets it, and one officer is enough."""
    return current_policy().review.prefect_form_decides and request.approvals_needed <= 1


def said_of(ruling: Ruling) -> tuple[str | None, str | None]:
    """Its coded reason and its note, where they are what its verdict asks for.

    Raises `ReasonMissing`, `NoteMissing`, and `ValueRefused` for a note that is none.
    """
    reason = _checked_reason(ruling)
    note = clean_note(ruling.note, max_length=NOTE_LENGTH)
    if reason in WANT_A_NOTE and note is None:
        raise NoteMissing
    return reason, note


def _ready(
    at: AtTheGate | MumarisError, ruling: Ruling, reason: str | None, note: str | None
) -> ReadyToSettle:
    if isinstance(at, MumarisError):
        raise at
    request, code = at.request, at.request.tracking_code
    if ruling.origin is Origin.PREFECT_FORM and not form_decides(request):
        raise DecidedAtTheDesk(code)
    if ruling.round not in {None, request.round}:
        raise ChangedSinceReview(code)
    at.refuse_anothers()
    if any(decision.officer == at.officer.user_name for decision in at.said):
        raise AlreadyApprovedByOfficer(code)
    if ruling.fields:
        _check_fields(request, ruling)
    return ReadyToSettle(
        at=at,
        verdict=ruling.verdict,
        reason_code=reason,
        note=note,
        fields=ruling.fields,
        origin=ruling.origin,
        ticks=ruling.ticks,
    )


def _checked_reason(ruling: Ruling) -> str | None:
    reasons = REASONS[ruling.verdict]
    if not reasons:
        return None
    if ruling.reason_code not in {reason.value for reason in reasons}:
        raise ReasonMissing(ruling.verdict, reasons=reasons)
    if ruling.verdict is Verdict.RETURN and not ruling.fields:
        raise ReasonMissing(ruling.verdict)
    return ruling.reason_code


def _check_fields(request: Request, ruling: Ruling) -> None:
    correctable = kind_of(request).correctable(request)
    if not correctable.issuperset(ruling.fields):
        raise ReasonMissing(Verdict.RETURN, fields=correctable)
