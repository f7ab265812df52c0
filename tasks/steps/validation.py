"""Validate a submission: the rules, then the official register."""

from dataclasses import replace
from datetime import datetime, timedelta

from desk.clock import deadline_in_days, utc_now
from desk.kinds.registry import kind_of
from desk.policy import current_policy
from desk.requests.queueing import queue_returned
from desk.requests.review_clock import review_due_at
from models.database import transaction
from models.door import PIPELINE, change_status, record
from models.requests import Request, find_request
from rules.register.official_record import compare_with_official_record, record_missing
from rules.requests.checked import Checked
from rules.requests.events import EventName
from rules.requests.statuses import Status
from rules.values.dates import riyadh_day
from tasks.steps.official_register import RegisterUnreachable, official_register
from tasks.steps.step import step

#: How long a run waits before it asks an unreachable register again.
ASK_AGAIN_AFTER = timedelta(minutes=2)


def _is_due(request: Request) -> bool:
    return request.status == Status.SUBMITTED


@step("validate", is_due=_is_due)
async def validate(tracking_code: str) -> datetime | None:
    """Move a submitted request to the gate, through it where nobody is needed, or back.

    Returns the instant to try again where the official register is unreachable: that is never a
    reason to send anyone back. A request that has moved on meanwhile is left alone.
    """
    async with transaction() as session:
        request = await find_request(session, tracking_code)
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
    if not checked.problems:
        try:
            checked = await _against_official_record(checked)
        except RegisterUnreachable:
            await _note_unreachable(tracking_code)
            return utc_now() + ASK_AGAIN_AFTER
    await _move_on(tracking_code, checked, round_=request.round)
    return None


async def _against_official_record(checked: Checked) -> Checked:
    if checked.identity is None:
        return checked
    official = await official_register().find(checked.identity.identity_number)
    if official is None:
        return replace(checked, problems=(record_missing(),))
    found = compare_with_official_record(
        checked.identity, official, born_in_hijri=checked.born_in_hijri
    )
    compared = replace(checked, problems=found.problems, official=official)
    return compared.with_doubts(found.doubts, current_policy())


async def _note_unreachable(tracking_code: str) -> None:
    async with transaction() as session:
        request = await find_request(session, tracking_code, lock=True)
        record(session, request, EventName.REGISTER_UNREACHABLE, by=PIPELINE, now=utc_now())


async def _move_on(tracking_code: str, checked: Checked, *, round_: int) -> None:
    now = utc_now()
    async with transaction() as session:
        request = await find_request(session, tracking_code, lock=True)
        if request.status != Status.SUBMITTED or request.round != round_:
            return
        if checked.problems:
            applicant = await kind_of(request).applicant_of(session, request)
            request.corrections = [problem.to_json() for problem in checked.problems]
            request.closes_at = deadline_in_days(
                now, current_policy().corrections.due_days, current_policy().working_days
            )
            await queue_returned(session, request, applicant, note=None, now=now)
            await change_status(
                session, request, Status.RETURNED, by=PIPELINE, now=now, reason_code="not_valid"
            )
            return
        _open_gate(request, checked)
        if checked.review.approvals:
            request.review_due_at = await review_due_at(session, request, now=now)
        to = Status.UNDER_REVIEW if checked.review.approvals else Status.APPROVED
        await change_status(session, request, to, by=PIPELINE, now=now)


def _open_gate(request: Request, checked: Checked) -> None:
    request.normalised = dict(checked.normalised)
    request.official_record = checked.official.to_json() if checked.official else None
    request.corrections = []
    request.approvals_needed = checked.review.approvals
    request.review_reasons = list(checked.review.reasons)
    request.end_claim()
    request.late_at = request.escalated_at = None
    request.closes_at = None
    request.review_due_at = None
