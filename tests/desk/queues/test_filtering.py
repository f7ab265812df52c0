"""What filters let through, and Next case through the same list."""

from datetime import date, timedelta

import pytest

from desk.clock import day_begins, end_of_day
from desk.queues.filtering import narrowed_by
from desk.queues.listing import read_queue
from desk.queues.taking import next_request
from desk.requests.claims import claim
from models.database import transaction
from models.queues import ALL_OF_IT, Narrowed
from models.requests import find_request
from rules.requests.queue_filters import NO_FILTER, DueWhen, QueueFilters
from rules.requests.queues import Queue
from rules.requests.review import ReviewReason
from rules.requests.statuses import Kind
from rules.values.dates import riyadh_day
from support.desk_cases import case_for_two
from support.people import register_applicant, register_people, specialty_change
from support.requests import NOW, request_at_gate

TODAY = riyadh_day(NOW)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
async def people(database: str) -> None:
    """Practitioners and officers."""
    await register_people()


def test_no_filter_is_all_of_it() -> None:
    """Nothing is asked."""
    assert narrowed_by(NO_FILTER, now=NOW) == ALL_OF_IT


def test_codes_are_asked_for_as_they_are() -> None:
    """The kind, the reason and the officer."""
    filters = QueueFilters(kind=Kind.CARD_RENEWAL, why=ReviewReason.HOURS_SHORT, officer="amal")

    assert narrowed_by(filters, now=NOW) == Narrowed(
        kind=Kind.CARD_RENEWAL, reason="hours_short", held_by="amal"
    )


@pytest.mark.parametrize(
    ("filters", "after", "by"),
    [
        (QueueFilters(due=DueWhen.LATE), None, NOW),
        (QueueFilters(due=DueWhen.TODAY), NOW, end_of_day(TODAY)),
        (QueueFilters(before=TODAY), None, day_begins(TODAY)),
        (QueueFilters(before=date(2999, 12, 31)), None, day_begins(date(2999, 12, 31))),
        (QueueFilters(due=DueWhen.LATE, before=date(2030, 1, 1)), None, NOW),
        (QueueFilters(due=DueWhen.TODAY, before=TODAY), NOW, day_begins(TODAY)),
    ],
)
def test_days_become_instants(filters: QueueFilters, after: object, by: object) -> None:
    """Whoever asks for several things is shown what is all of them."""
    assert narrowed_by(filters, now=NOW) == Narrowed(due_after=after, due_by=by)  # type: ignore[arg-type]


async def two_cases() -> tuple[str, str]:
    """One that is due at the end of today, and one two days later; their codes."""
    codes = (await request_at_gate(), await of_somebody())
    async with transaction() as session:
        for days, code in enumerate(codes):
            row = await find_request(session, code, lock=True)
            row.review_due_at = end_of_day(TODAY + timedelta(days=2 * days))
    return codes


async def of_somebody() -> str:
    """Another person's case; its code."""
    number = (await register_applicant()).registration_number
    return await request_at_gate(
        specialty_change(NOW.date(), registration_number=number, idempotency_key=number)
    )


async def test_the_list_and_next_are_of_the_same_cases(people: None) -> None:
    """Due before the day after tomorrow is the first alone, until it is late."""
    first, later = await two_cases()
    filters = QueueFilters(before=TODAY + timedelta(days=1))
    narrowed = narrowed_by(filters, now=NOW)

    page = await read_queue(Queue.TO_TAKE, "amal", narrowed, now=NOW, limit=5)
    given = [await next_request("amal", narrowed, now=NOW, queue=Queue.TO_TAKE) for _ in range(2)]

    assert [gate.tracking_code for gate in page.gates] == [first]
    assert page.counts[Queue.TO_TAKE] == 1
    assert given == [first, None]
    assert await next_request("amal", now=NOW) == later


async def test_what_is_due_today_is_late_afterwards(people: None) -> None:
    """At the same instant it is one of both, and not before."""
    first, _ = await two_cases()
    ends = end_of_day(TODAY)
    listed = {}
    for at in (ends - MOMENT, ends):
        for due in DueWhen:
            narrowed = narrowed_by(QueueFilters(due=due), now=at)
            page = await read_queue(Queue.ALL, "amal", narrowed, now=at, limit=5)
            listed[at, due] = [gate.tracking_code for gate in page.gates]

    assert listed == {
        (ends - MOMENT, DueWhen.TODAY): [first],
        (ends - MOMENT, DueWhen.LATE): [],
        (ends, DueWhen.TODAY): [],
        (ends, DueWhen.LATE): [first],
    }


async def test_next_from_a_queue_gives_what_is_in_it(people: None) -> None:
    """Where nothing of the queue may be given, it is any that may be."""
    code = await case_for_two()

    assert await next_request("amal", now=NOW, queue=Queue.SECOND_OFFICER) is None
    assert await next_request("amal", now=NOW, queue=Queue.LATE) is None
    assert await next_request("amal", now=NOW, queue=Queue.MINE) == code


async def test_a_list_is_narrowed_to_what_an_officer_works_on(people: None) -> None:
    """And names who works on something."""
    first, _ = await two_cases()
    await claim(first, "amal", now=NOW)
    narrowed = narrowed_by(QueueFilters(officer="amal"), now=NOW)

    page = await read_queue(Queue.ALL, "basim", narrowed, now=NOW, limit=5)

    assert [gate.tracking_code for gate in page.gates] == [first]
    assert page.at_work == ("amal",)
