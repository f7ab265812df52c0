"""What operations see first: figures, and what in them needs a hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, update

from desk.clock import utc_now
from desk.operations.overview import missed, overview
from desk.policy import current_policy
from desk.requests import claims
from models.database import transaction
from models.requests import Request
from models.run_states import RunState
from models.statements import execute
from rules.requests.statuses import Kind, Status
from support.people import register_people
from support.requests import request_at_gate
from support.staff import has_left
from tasks.last_times import note_sweep

AN_HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    """Two practitioners and three officers."""
    await register_people()


async def set_request(code: str, **values: Any) -> None:
    """Bring the request's row to where the test wants it."""
    async with transaction() as session:
        await session.exec(
            update(Request).where(col(Request.tracking_code) == code).values(**values)
        )


async def test_requests_are_counted_by_kind_and_status() -> None:
    """What there is none of is not listed."""
    await request_at_gate()

    assert (await overview()).requests == [(Kind.PROFILE_UPDATE, Status.UNDER_REVIEW, 1)]


async def test_a_review_is_overdue_from_its_due_instant_on() -> None:
    """By the database's clock."""
    code = await request_at_gate()
    await set_request(code, review_due_at=utc_now() + AN_HOUR)
    before = await overview()
    await set_request(code, review_due_at=utc_now() - AN_HOUR)

    assert (before.reviews.late, (await overview()).reviews.late) == (0, 1)


async def test_a_request_that_waits_long_for_a_run_is_named() -> None:
    """A moment after its submission it is not."""
    code = await request_at_gate()
    await set_request(code, run_state=RunState.WANTED, submitted_at=utc_now(), run_checked_at=None)
    before = await overview()
    await set_request(code, submitted_at=utc_now() - AN_HOUR)

    assert (before.without_run, (await overview()).without_run) == ([], [code])


async def test_a_request_whose_bill_has_no_amount_is_named() -> None:
    """Somebody has to set it."""
    code = await request_at_gate()
    await set_request(code, status=Status.AWAITING_PAYMENT)

    assert (await overview()).without_bill == [code]


async def test_a_claim_of_an_inactive_officer_is_named() -> None:
    """Nobody else may decide, and the officer is gone."""
    code = await request_at_gate()
    await claims.claim(code, "amal", now=utc_now())
    before = await overview()
    await has_left("amal")

    assert (before.idle_claims, (await overview()).idle_claims) == ([], [(code, "amal")])


async def test_a_sweep_is_missed_after_a_minute() -> None:
    """A pass notes itself; before the first one there is none."""
    never = await overview()
    await note_sweep()
    await note_sweep()
    just_now = await overview()
    async with transaction() as session:
        await execute(session, text("UPDATE last_times SET at = at - interval '2 minutes'"))

    assert (never.swept_at, never.sweep_stopped) == (None, True)
    assert not just_now.sweep_stopped
    assert (await overview()).sweep_stopped


@pytest.mark.parametrize(
    ("last", "now", "expected"),
    [
        pytest.param(None, date(2026, 11, 25), None, id="never: an installation begins so"),
        pytest.param(date(2026, 11, 25), date(2026, 11, 25), None, id="today"),
        pytest.param(date(2026, 11, 24), date(2026, 11, 25), None, id="yesterday; today is young"),
        pytest.param(date(2026, 11, 23), date(2026, 11, 25), date(2026, 11, 24), id="a day out"),
        pytest.param(date(2026, 11, 26), date(2026, 11, 29), None, id="over the weekend"),
        pytest.param(
            date(2026, 11, 26), date(2026, 11, 30), date(2026, 11, 29), id="Sunday left out"
        ),
    ],
)
def test_a_run_of_reminders_is_missed_when_its_day_has_passed(
    last: date | None, now: date, expected: date | None
) -> None:
    """Days on which nothing is sent do not count, and today is not over."""
    policy = current_policy().reminders
    last_at = last and datetime(last.year, last.month, last.day, 9, tzinfo=UTC)

    found = missed(last_at or None, datetime(now.year, now.month, now.day, 9, tzinfo=UTC), policy)

    assert found == expected
