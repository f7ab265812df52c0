"""Validate submissions: the rules, then the official register."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.clock import deadline_in_days, utc_now
from desk.kinds.registry import applicants_of, kind_of, prepare
from desk.policy import current_policy
from desk.requests.queueing import returned
from desk.requests.review_clock import reviews_due_at
from models.database import transaction
from models.door import PIPELINE, change_statuses, record
from models.letters import queue_letters
from models.request_sets import lock_requests
from models.requests import Request
from models.standing import WhereItStands
from rules.register.official_record import compare_with_official_record, record_missing
from rules.register.profile import ProfileOnFile
from rules.requests.checked import Checked
from rules.requests.events import EventName
from rules.requests.statuses import Status
from rules.values.dates import riyadh_day
from tasks.steps.official_register import RegisterUnreachable, official_register
from tasks.steps.step import step

#: How long a run waits before it asks an unreachable register again.
ASK_AGAIN_AFTER = timedelta(minutes=2)
#: How many the official register is asked about at a time.
_ASKED_AT_ONCE = 4


def _is_due(request: WhereItStands) -> bool:
    return request.status == Status.SUBMITTED


@dataclass(frozen=True)
class _Judged:
    """What was found of one round of a request, which the official register has a say in."""

    round: int
    checked: Checked
    identity: ProfileOnFile
    unreachable: bool = False


@step("validate", is_due=_is_due)
async def validate(ids: Sequence[UUID]) -> Mapping[UUID, datetime]:
    """Move submitted requests to the gate, through it where nobody is needed, or back.

    Returns when to try those again for which the official register is unreachable: that is never a
    reason to send anyone back. A request that has moved on meanwhile is left alone. The register is
    asked outside of transactions, so requests that need it are moved in a second one.
    """
    async with transaction() as session:
        to_ask = await _by_the_rules(session, ids)
    if not to_ask:
        return {}
    judged, later = await _by_the_register(to_ask)
    async with transaction() as session:
        await _settle(session, judged)
    again_at = utc_now() + ASK_AGAIN_AFTER
    waiting = {each: again_at for each, found in judged.items() if found.unreachable}
    return {**waiting, **(await validate.together(later) if later else {})}


async def _by_the_rules(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, _Judged]:
    """Move on what the rules alone can judge; returns what the register is to be asked about."""
    to_ask: dict[UUID, _Judged] = {}
    done: list[tuple[Request, Checked]] = []
    due = [each for each in await lock_requests(session, ids) if _is_due(each)]
    await prepare(session, due)
    for request in due:
        kind = kind_of(request)
        checked = await kind.check(
            session,
            kind.submitted(request),
            await kind.applicant_of(session, request),
            today=riyadh_day(request.submitted_at),
            policy=current_policy(),
            request=request,
            now=utc_now(),
        )
        if checked.problems or checked.identity is None:
            done.append((request, checked))
        else:
            to_ask[request.id] = _Judged(request.round, checked, checked.identity)
    await _move_on(session, done)
    return to_ask


async def _by_the_register(
    to_ask: Mapping[UUID, _Judged],
) -> tuple[dict[UUID, _Judged], list[UUID]]:
    """What the official register says of each, and whose turn comes when these are moved.

    Of two with one identity number the second is to find the first at the gate, which is a doubt.
    """
    first: dict[str, UUID] = {}
    for each, found in to_ask.items():
        first.setdefault(found.identity.identity_number, each)
    asked = list(first.values())
    slots = asyncio.Semaphore(_ASKED_AT_ONCE)

    async def one(found: _Judged) -> _Judged:
        async with slots:
            return await _against_official_record(found)

    answers = await asyncio.gather(*(one(to_ask[each]) for each in asked))
    return dict(zip(asked, answers, strict=True)), list(to_ask.keys() - asked)


async def _against_official_record(found: _Judged) -> _Judged:
    try:
        official = await official_register().find(found.identity.identity_number)
    except RegisterUnreachable:
        return replace(found, unreachable=True)
    if official is None:
        return replace(found, checked=replace(found.checked, problems=(record_missing(),)))
    compared = compare_with_official_record(
        found.identity, official, born_in_hijri=found.checked.born_in_hijri
    )
    checked = replace(found.checked, problems=compared.problems, official=official)
    return replace(found, checked=checked.with_doubts(compared.doubts, current_policy()))


async def _settle(session: AsyncSession, judged: Mapping[UUID, _Judged]) -> None:
    """Move on what still stands as it was judged; where there was no answer, history says so."""
    done: list[tuple[Request, Checked]] = []
    for request in await lock_requests(session, list(judged)):
        found = judged[request.id]
        if not _is_due(request) or request.round != found.round:
            continue
        if found.unreachable:
            unreachable = EventName.REGISTER_UNREACHABLE
            record(session, request, unreachable, by=PIPELINE, now=utc_now())
        else:
            done.append((request, found.checked))
    await _move_on(session, done)


async def _move_on(session: AsyncSession, done: Collection[tuple[Request, Checked]]) -> None:
    now, policy = utc_now(), current_policy()
    to: dict[Status, list[Request]] = {Status.RETURNED: [], Status.UNDER_REVIEW: []}
    for request, checked in done:
        gate = Status.UNDER_REVIEW if checked.review.approvals else Status.APPROVED
        to.setdefault(Status.RETURNED if checked.problems else gate, []).append(request)
    # All is read before anything is changed: the session would write it row by row.
    due_at = await reviews_due_at(session, to[Status.UNDER_REVIEW], now=now)
    sent_back = to.pop(Status.RETURNED)
    known = await applicants_of(session, sent_back) if sent_back else {}
    found = {request.id: checked for request, checked in done}
    for request in sent_back:
        request.corrections = [problem.to_json() for problem in found[request.id].problems]
        request.closes_at = deadline_in_days(now, policy.corrections.due_days, policy.working_days)
    await queue_letters(
        session, [returned(each, known[each.id], note=None, now=now) for each in sent_back]
    )
    await change_statuses(
        session, sent_back, Status.RETURNED, by=PIPELINE, now=now, reason_code="not_valid"
    )
    for status, requests in to.items():
        for request in requests:
            _open_gate(request, found[request.id])
            request.review_due_at = due_at.get(request.id)
        await change_statuses(session, requests, status, by=PIPELINE, now=now)
        for request in requests:
            await kind_of(request).write_to_others(session, request, now=now)


def _open_gate(request: Request, checked: Checked) -> None:
    request.normalised = dict(checked.normalised)
    request.official_record = checked.official.to_json() if checked.official else None
    request.corrections = []
    request.approvals_needed = checked.review.approvals
    request.review_reasons = list(checked.review.reasons)
    request.end_claim()
    request.late_at = request.escalated_at = None
    request.closes_at = None
