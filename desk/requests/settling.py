"""What follows from decisions that nothing speaks against: written for many as for one."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.clock import deadline_in_days
from desk.kinds.registry import kind_of
from desk.policy import current_policy
from desk.requests.at_the_gate import AtTheGate
from desk.requests.queueing import rejected, returned
from models.door import Actor, change_statuses, record_all, ring
from models.inserting import insert_all
from models.letters import Letter, queue_letters
from models.making import maker
from models.practitioners import practitioners_of
from models.requests import Decision, Request
from models.review_desk import end_all_put_aside
from models.ticks import keep_ticks_of_many
from rules.findings.problems import Problem
from rules.register.fields import Field
from rules.requests.correctable import Correctable
from rules.requests.events import EventName
from rules.requests.review import RejectionReason, ReturnReason
from rules.requests.statuses import ActorKind, Status
from rules.requests.verdicts import Origin, Verdict

_new_decision = maker(Decision)
_TO = {
    Verdict.APPROVE: Status.APPROVED,
    Verdict.RETURN: Status.RETURNED,
    Verdict.REJECT: Status.REJECTED,
}


@dataclass(frozen=True, kw_only=True)
class ReadyToSettle:
    """A decision that nothing speaks against, on a request whose row is locked."""

    at: AtTheGate
    verdict: Verdict
    #: None for an approval.
    reason_code: str | None
    note: str | None
    fields: Sequence[Field | Correctable]
    origin: Origin
    #: What the officer ticks with this very act.
    ticks: Collection[str]

    @property
    def request(self) -> Request:
        """What it is about."""
        return self.at.request

    @property
    def officer(self) -> str:
        """Whose it is."""
        return self.at.officer.user_name

    @property
    def to(self) -> Status:
        """Where the request stands afterwards."""
        # Whoever typed a name into Prefect's form is never one of several officers.
        eyes = sum(one.origin != Origin.PREFECT_FORM for one in self.at.said)
        if self.verdict is Verdict.APPROVE and 1 + eyes < self.request.approvals_needed:
            return Status.UNDER_REVIEW
        return _TO[self.verdict]


async def settle(
    session: AsyncSession, ready: Sequence[ReadyToSettle], *, now: datetime, in_bulk: bool = False
) -> dict[str, Status]:
    """Record these decisions, and move the requests whose gate they settle.

    In as many statements as for one, and one more for each way in which they differ (officer,
    verdict, reason). ``in_bulk`` as of `change_statuses`. Returns the statuses afterwards, by
    tracking code.
    """
    await leave_the_desk(session, ready, now=now)
    ways: dict[tuple[Status, str, str | None], list[ReadyToSettle]] = defaultdict(list)
    for one in ready:
        ways[one.to, one.officer, one.reason_code].append(one)
    await _write(session, [one for one in ready if one.to in _WRITTEN_ABOUT], now=now)
    for (to, officer, reason), ones in ways.items():
        by = Actor(ActorKind.OFFICER, officer)
        requests = [one.request for one in ones]
        decisions = [_row(one, now=now) for one in ones]
        if to is not Status.UNDER_REVIEW:
            await change_statuses(
                session,
                requests,
                to,
                by=by,
                now=now,
                reason_code=reason,
                decisions=decisions,
                in_bulk=in_bulk,
            )
        else:
            await insert_all(session, decisions)
            await record_all(session, requests, EventName.APPROVED_BY_ONE, by=by, now=now)
            await ring(session)
    return {one.request.tracking_code: one.to for one in ready}


async def leave_the_desk(
    session: AsyncSession, ready: Sequence[ReadyToSettle], *, now: datetime
) -> None:
    """Nobody has these requests in hand any more, and what their officers ticked with it is kept.

    A claim that was over before has its line of history.
    """
    for one in ready:
        one.at.end_old_claim(session, now=now)
        one.request.end_claim()
    if aside := [one.request.id for one in ready if one.at.is_aside]:
        await end_all_put_aside(session, aside, now=now)
    ticked = [(one.request, one.officer, one.ticks) for one in ready if one.ticks]
    await keep_ticks_of_many(session, ticked, now=now)


_WRITTEN_ABOUT = frozenset({Status.RETURNED, Status.REJECTED})


async def _write(session: AsyncSession, ready: Sequence[ReadyToSettle], *, now: datetime) -> None:
    if not ready:
        return
    # Whoever is asked for below, one by one, is read by one statement; held, or it would be gone.
    people = await practitioners_of(session, [one.request.practitioner_id for one in ready])
    letters = [await _letter(session, one, now=now) for one in ready]
    await queue_letters(session, letters)
    del people


async def _letter(session: AsyncSession, one: ReadyToSettle, *, now: datetime) -> Letter:
    request, reason = one.request, str(one.reason_code)
    applicant = await kind_of(request).applicant_of(session, request)
    if one.to is Status.REJECTED:
        return rejected(request, applicant, RejectionReason(reason), note=one.note, now=now)
    why = ReturnReason(reason)
    request.corrections = [
        Problem(why.value, field, why.sentence).to_json() for field in one.fields
    ]
    policy = current_policy()
    request.closes_at = deadline_in_days(now, policy.corrections.due_days, policy.working_days)
    return returned(request, applicant, note=one.note, now=now)


def _row(one: ReadyToSettle, *, now: datetime) -> Decision:
    return _new_decision(
        request_id=one.request.id,
        round=one.request.round,
        officer=one.officer,
        verdict=one.verdict,
        reason_code=one.reason_code,
        note=one.note,
        origin=one.origin,
        decided_at=now,
    )
