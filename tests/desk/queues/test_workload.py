"""How much there is to do, and what was done, by officer and by kind."""

from datetime import timedelta

import pytest

from desk.queues.filtering import narrowed_by
from desk.queues.listing import read_queue
from desk.queues.taking import hold
from desk.queues.workload import Load, read_workload
from desk.requests.absences import say_away
from desk.requests.claims import assign, claim, release
from desk.requests.landing import put_down
from desk.requests.review import Ruling, decide
from models.database import transaction
from models.requests import find_request
from rules.requests.absences import DaysAway
from rules.requests.queue_filters import DueWhen, QueueFilters
from rules.requests.queues import Queue
from rules.requests.statuses import Kind
from rules.requests.verdicts import Verdict
from rules.values.dates import riyadh_day
from support.cards import give_card, renewal
from support.people import register_applicant, register_people, specialty_change
from support.requests import NOW, request_at_gate

TODAY = riyadh_day(NOW)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def at_gate(due_in: timedelta = 3 * DAY, *, kind: Kind = Kind.PROFILE_UPDATE) -> str:
    """A request of somebody whom no other test knows, due so long after now."""
    number = (await register_applicant()).registration_number
    if kind is Kind.CARD_RENEWAL:
        await give_card(number, expires_on=NOW.date() + timedelta(days=30))
        code = await request_at_gate(
            renewal(NOW.date(), registration_number=number, idempotency_key=number), kind=kind
        )
    else:
        code = await request_at_gate(
            specialty_change(NOW.date(), registration_number=number, idempotency_key=number)
        )
    async with transaction() as session:
        (await find_request(session, code, lock=True)).review_due_at = NOW + due_in
    return code


def approve(officer: str) -> Ruling:
    """The officer's approval."""
    return Ruling(verdict=Verdict.APPROVE, officer=officer)


async def of(name: str, days: int = 28) -> Load:
    """The figures of this officer or kind."""
    found = await read_workload(days=days, now=NOW)
    [load] = [one for one in (*found.officers, *found.kinds) if one.name == name]
    return load


async def test_every_number_is_that_of_its_list() -> None:
    """Late, due today and later; put aside, landing, run out and away are in nobody's hands."""
    codes = [await at_gate(due) for due in (-DAY, MINUTE, 3 * DAY, 3 * DAY, -DAY, MINUTE)]
    for code in codes:
        await claim(code, "amal", now=NOW)
    await hold(codes[3], "amal", "why", TODAY + DAY, now=NOW)
    await put_down(codes[4], approve("amal"), now=NOW)
    await assign(codes[5], "basim", by="rahul", now=NOW - timedelta(hours=1))
    await at_gate(-DAY)
    await claim(await at_gate(MINUTE), "rahul", now=NOW)
    await say_away("rahul", DaysAway(TODAY + DAY, TODAY + DAY), by="rahul", now=NOW)

    amal, basim = await of("amal"), await of("basim")
    updates = await of(Kind.PROFILE_UPDATE)

    assert (amal.open, amal.today, amal.late, amal.put_aside) == (3, 1, 1, 1)
    assert (basim.open, basim.today, basim.late, basim.put_aside) == (0, 0, 0, 0)
    assert (updates.open, updates.today, updates.late) == (7, 3, 2)
    for load, filters in (
        (amal, QueueFilters(officer="amal")),
        (basim, QueueFilters(officer="basim")),
        (updates, QueueFilters(kind=Kind.PROFILE_UPDATE)),
        (await of("rahul"), QueueFilters(officer="rahul")),
    ):
        for number, due in (
            (load.open, None),
            (load.today, DueWhen.TODAY),
            (load.late, DueWhen.LATE),
        ):
            wanted = QueueFilters(officer=filters.officer, kind=filters.kind, due=due)
            narrowed = narrowed_by(wanted, now=NOW)
            listed = await read_queue(Queue.ALL, "basim", narrowed, now=NOW, limit=50)
            assert len(listed.gates) == number


async def test_what_was_decided_in_these_days_is_counted() -> None:
    """Today is one of them; by officer and by kind."""
    for code, officer, days in (
        (await at_gate(), "amal", 0),
        (await at_gate(), "amal", 1),
        (await at_gate(), "basim", 6),
        (await at_gate(), "basim", 7),
        (await at_gate(kind=Kind.CARD_RENEWAL), "basim", 1),
    ):
        await decide(code, approve(officer), now=NOW - days * DAY)

    figures = {
        name: ((await of(name, 1)).decided, (await of(name, 7)).decided)
        for name in ("amal", "basim", Kind.PROFILE_UPDATE, Kind.CARD_RENEWAL)
    }

    assert figures == {
        "amal": (1, 2),
        "basim": (0, 2),
        Kind.PROFILE_UPDATE: (1, 3),
        Kind.CARD_RENEWAL: (0, 1),
    }


async def test_minutes_are_the_middle_ones_from_the_last_claim_to_the_decision() -> None:
    """Of whoever decided; what nobody took has none."""
    for taken, minutes in ((10, 2), (60, 4), (25, 21)):
        code = await at_gate()
        await claim(code, "basim", now=NOW - timedelta(hours=3))
        await claim(code, "amal", now=NOW - timedelta(hours=2))
        await claim(code, "amal", now=NOW - taken * MINUTE)
        await decide(code, approve("amal"), now=NOW - (taken - minutes) * MINUTE)
    await decide(await at_gate(), approve("basim"), now=NOW)

    amal, basim, updates = await of("amal"), await of("basim"), await of(Kind.PROFILE_UPDATE)

    assert (amal.decided, amal.median_minutes) == (3, 4.0)
    assert (basim.decided, basim.median_minutes) == (1, None)
    assert (updates.decided, updates.median_minutes) == (4, 4.0)


async def test_a_colleague_s_claim_is_not_the_one_who_decides() -> None:
    """Amal's ran out, Basim took the case and put it back, and Amal decides it all the same."""
    code = await at_gate()
    await claim(code, "amal", now=NOW - 50 * MINUTE)
    await claim(code, "basim", now=NOW - 15 * MINUTE)
    await release(code, "basim", now=NOW - 14 * MINUTE)

    await decide(code, approve("amal"), now=NOW - 10 * MINUTE)

    assert (await of("amal")).median_minutes == 40.0
    assert (await of("basim")).median_minutes is None


async def test_officers_stand_by_name_whatever_they_have_done() -> None:
    """Those who are at work, and those who have decided in these days: no rank."""
    await decide(await at_gate(), approve("rahul"), now=NOW)

    found = await read_workload(now=NOW)

    assert [one.name for one in found.officers] == ["amal", "basim", "rahul"]
    assert [one.name for one in found.kinds] == list(Kind)
    assert found.since == TODAY - 27 * DAY
