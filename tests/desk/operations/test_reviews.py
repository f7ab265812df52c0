"""What is due at the gate, and what grew, as whoever begins a working day asks for it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, update

from desk.clock import utc_now
from desk.operations.reviews import Reviews, ReviewsOfKind, read_reviews
from desk.requests.landing import put_down, take_back
from desk.requests.withdrawal import withdraw
from models.database import transaction
from models.requests import Request
from rules.requests.statuses import Kind
from support.landing import APPROVE
from support.people import register_applicant, register_people, specialty_change
from support.requests import NOW, request_at_gate
from support.ticks import all_ticked

#: A Sunday, eight in the morning in Riyadh; the last working day was the Thursday before.
SUNDAY = datetime(2026, 11, 29, 5, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def at_gate(due_at: datetime) -> str:
    """The code of a request whose review is due then."""
    person = await register_applicant()
    number = person.registration_number
    code = await request_at_gate(
        specialty_change(NOW.date(), registration_number=number, idempotency_key=number)
    )
    async with transaction() as session:
        await session.exec(
            update(Request).where(col(Request.tracking_code) == code).values(review_due_at=due_at)
        )
    return code


async def read(now: datetime = SUNDAY) -> Reviews:
    async with transaction() as session:
        return await read_reviews(session, now=now)


async def of_updates(now: datetime = SUNDAY) -> ReviewsOfKind:
    """The figures of the one kind that there is."""
    (found,) = (await read(now)).by_kind
    assert found.kind == Kind.PROFILE_UPDATE
    return found


async def test_nothing_at_the_gate_is_no_kind() -> None:
    """And the days are said all the same."""
    found = await read()

    assert (found.by_kind, found.late) == ([], 0)
    assert (found.week_ends_on, found.last_day) == (date(2026, 12, 3), date(2026, 11, 26))


async def test_each_review_is_counted_once_by_when_it_is_due() -> None:
    """Up to the bound, and one beyond it."""
    today_ends = datetime(2026, 11, 29, 21, tzinfo=UTC)
    week_ends = datetime(2026, 12, 3, 21, tzinfo=UTC)
    for due_at in (
        SUNDAY,
        SUNDAY + A_SECOND,
        today_ends,
        today_ends + A_SECOND,
        week_ends,
        week_ends + A_SECOND,
    ):
        await at_gate(due_at)

    found = await of_updates()

    assert found.waiting == 6
    assert (found.late, found.today, found.this_week) == (1, 2, 2)


async def test_a_decision_that_waits_to_land_leaves_nothing_to_review() -> None:
    """Its request is in no queue; taken back, it is in one again."""
    code = await at_gate(SUNDAY)
    await all_ticked(code, APPROVE.officer)
    await put_down(code, APPROVE, now=NOW)
    waits = await read()
    await take_back(code, APPROVE.officer, now=NOW)

    assert (waits.late, (await read()).late) == (0, 1)


async def test_growth_is_what_came_without_what_left_since_the_last_working_day() -> None:
    """What came before is in the queue, and no growth."""
    now = utc_now()
    old = await at_gate(SUNDAY)
    later = now + timedelta(days=14)
    today, two_weeks_on = await of_updates(now), await of_updates(later)

    await withdraw(old, now=later)

    afterwards = await of_updates(later)
    assert (today.came, today.left, today.growth) == (1, 0, 1)
    assert (two_weeks_on.waiting, two_weeks_on.growth) == (1, 0)
    assert (afterwards.came, afterwards.left, afterwards.growth) == (0, 1, -1)
