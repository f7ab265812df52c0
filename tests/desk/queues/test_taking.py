"""An officer's way through the queue: next, pass on, put aside."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from desk.officers import OwnRequest
from desk.policy import current_policy
from desk.queues.listing import read_queue
from desk.queues.taking import NotADayToComeBack, hold, next_request, skip
from desk.requests.at_the_gate import CLAIM_RAN_OUT, ClaimedByAnother
from desk.requests.claims import assign, claim, release
from desk.requests.reasons import ReasonNotSaid
from desk.requests.review import Ruling, decide
from desk.requests.waiting import load_request
from models.database import transaction
from models.officers import Officer, OfficerUnknown, find_officer
from models.requests import find_request
from rules.findings.problems import ValueRefused
from rules.requests.queues import Queue
from rules.requests.statuses import Status
from rules.requests.verdicts import Verdict
from rules.values.dates import riyadh_day
from support.operating import put_back
from support.people import register_applicant, register_people, specialty_change
from support.requests import NOW, happened, request_at_gate

LATER = NOW + timedelta(minutes=10)
LEASE = timedelta(minutes=current_policy().review.claim_minutes)
TODAY = riyadh_day(NOW)
TOMORROW = TODAY + timedelta(days=1)
IN_THE_MORNING = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def at_gate(number: int) -> list[str]:
    """So many requests of as many people, the most urgent first."""
    codes = []
    for _ in range(number):
        person = await (await register_applicant()).on_file()
        code = await request_at_gate(
            specialty_change(
                NOW.date(),
                registration_number=person.registration_number,
                idempotency_key=person.registration_number,
            )
        )
        codes.append(code)
    async with transaction() as session:
        for minute, code in enumerate(codes):
            request = await find_request(session, code, lock=True)
            request.review_due_at = NOW + timedelta(days=2, minutes=minute)
    return codes


def approve(officer: str) -> Ruling:
    """The officer's approval."""
    return Ruling(verdict=Verdict.APPROVE, officer=officer)


async def counts(officer: str = "amal", now: timedelta = timedelta()) -> dict[str, int]:
    """How much is in each queue, but for those of all."""
    page = await read_queue(Queue.ALL, officer, now=NOW + now, limit=10)
    return {
        queue: found
        for queue, found in page.counts.items()
        if found and queue not in {Queue.ALL, Queue.LATE}
    }


async def test_next_is_the_most_urgent_that_nobody_works_on() -> None:
    """It is claimed by whoever asked; when there is nothing, it says so."""
    first, second = await at_gate(2)

    given = [await next_request(name, now=NOW) for name in ("amal", "basim", "amal")]

    assert given == [first, second, None]
    assert (await load_request(first)).claimed_by == "amal"
    assert await happened(first) == ["claimed"]
    assert await counts() == {"mine": 1}


async def test_of_many_who_ask_at_a_time_each_gets_another_one() -> None:
    """And none is lost."""
    codes = await at_gate(12)
    officers = [f"officer-{number}" for number in range(12)]
    async with transaction() as session:
        session.add_all([Officer(user_name=name) for name in officers])

    given = await asyncio.gather(*(next_request(name, now=NOW) for name in officers))

    assert sorted(filter(None, given)) == sorted(codes)


async def test_pressed_twice_on_one_page_it_is_one_request() -> None:
    """One after the other and at once; once that is left, the press brings another one."""
    first, second = await at_gate(2)

    async def press() -> str | None:
        return await next_request("amal", now=LATER, shown_at=NOW)

    assert await asyncio.gather(press(), press()) == [first, first]
    assert await press() == first
    assert (await load_request(second)).claimed_by is None

    await skip(first, "amal", "needs a pharmacist", now=LATER)
    assert await press() == second


async def test_what_was_in_hand_when_the_page_was_shown_is_not_brought_again() -> None:
    """Whoever holds one already and asks for the next one gets it."""
    first, second = await at_gate(2)
    await claim(first, "amal", now=NOW)

    assert await next_request("amal", now=LATER, shown_at=NOW) == second


async def test_a_claim_ends_by_itself_and_the_next_officer_goes_on() -> None:
    """At the minute that policy says after the last act; the history says why."""
    [code] = await at_gate(1)
    await claim(code, "amal", now=NOW)
    await claim(code, "amal", now=LATER)

    with pytest.raises(ClaimedByAnother):
        await claim(code, "basim", now=LATER + LEASE - timedelta(microseconds=1))
    assert await next_request("basim", now=NOW + LEASE) is None
    assert await next_request("basim", now=LATER + LEASE) == code

    assert await happened(code) == ["claimed", f"released {CLAIM_RAN_OUT}", "claimed"]
    assert (await load_request(code)).claimed_by == "basim"


async def test_who_decides_after_the_claim_ran_out_still_decides() -> None:
    """Nobody else has taken it, so nobody is in the way."""
    [code] = await at_gate(1)
    await claim(code, "amal", now=NOW)

    status = await decide(code, approve("amal"), now=NOW + LEASE)

    assert status is Status.APPROVED


async def test_what_is_passed_on_comes_back_to_others_and_on_another_day() -> None:
    """The reason stands for whoever comes next; twice on a day is once."""
    [code] = await at_gate(1)
    await next_request("amal", now=NOW)

    await skip(code, "amal", " needs a pharmacist ", now=LATER)
    await skip(code, "amal", "again", now=LATER)

    assert await next_request("amal", now=LATER) is None
    assert await counts() == {"to_take": 1}
    assert await next_request("amal", now=IN_THE_MORNING) == code
    await release(code, "amal", now=IN_THE_MORNING)
    assert await next_request("basim", now=LATER) == code
    assert await happened(code) == [
        "claimed",
        "skipped",
        "skipped",
        "claimed",
        "released",
        "claimed",
    ]


async def test_what_is_put_aside_comes_back_in_the_morning_of_its_day() -> None:
    """Until then it is in no queue but that one, and nobody is given it."""
    [code] = await at_gate(1)
    await next_request("amal", now=NOW)

    await hold(code, "amal", "asked the hospital", TOMORROW, now=LATER)

    assert await counts() == {"held": 1}
    assert await next_request("basim", now=LATER) is None
    assert await next_request("basim", now=IN_THE_MORNING) == code
    assert await happened(code) == ["claimed", "put_aside", "claimed"]


ACTS: dict[str, Callable[[str], Awaitable[object]]] = {
    "claim": lambda code: claim(code, "basim", now=LATER),
    "assign": lambda code: assign(code, "basim", by="dana", now=LATER),
    "a first approval": lambda code: decide(code, approve("basim"), now=LATER),
}


@pytest.mark.parametrize("act", ACTS)
async def test_whoever_takes_up_what_was_put_aside_ends_that(act: str) -> None:
    """Another officer too: people fall ill."""
    [code] = await at_gate(1)
    async with transaction() as session:
        (await find_request(session, code, lock=True)).approvals_needed = 2
    await hold(code, "amal", "why", TOMORROW, now=NOW)

    await ACTS[act](code)

    assert "held" not in await counts()


@pytest.mark.parametrize("days", [-1, 0, 15])
async def test_a_day_to_come_back_is_one_of_the_next_days(days: int) -> None:
    """Not today, which would hide it, and not for ever."""
    [code] = await at_gate(1)

    with pytest.raises(NotADayToComeBack) as refused:
        await hold(code, "amal", "why", TODAY + timedelta(days=days), now=NOW)

    assert refused.value.last == TODAY + timedelta(days=current_policy().review.put_aside_days)
    await hold(code, "amal", "why", refused.value.last, now=NOW)


@pytest.mark.parametrize("reason", ["", " \n ", "a\0b", "x" * 501])
async def test_a_reason_is_a_text(reason: str) -> None:
    """Whoever comes next reads it."""
    [code] = await at_gate(1)

    with pytest.raises((ReasonNotSaid, ValueRefused)):
        await skip(code, "amal", reason, now=NOW)
    with pytest.raises((ReasonNotSaid, ValueRefused)):
        await hold(code, "amal", reason, TOMORROW, now=NOW)

    assert await happened(code) == []


async def test_only_who_works_on_it_passes_it_on_or_puts_it_aside() -> None:
    """And nobody does either with their own."""
    [code] = await at_gate(1)
    await claim(code, "basim", now=NOW)

    with pytest.raises(ClaimedByAnother):
        await skip(code, "amal", "why", now=NOW)
    with pytest.raises(ClaimedByAnother):
        await hold(code, "amal", "why", TOMORROW, now=NOW)
    async with transaction() as session:
        request = await find_request(session, code)
        (await find_officer(session, "rahul")).practitioner_id = request.practitioner_id
    with pytest.raises(OwnRequest):
        await skip(code, "rahul", "why", now=NOW)
    with pytest.raises(OfficerUnknown):
        await next_request("retired", now=NOW)


async def test_a_leaver_s_requests_are_put_back_together() -> None:
    """Whether they are active any more or not; again, there are none."""
    codes = await at_gate(3)
    for code in codes[:2]:
        await claim(code, "basim", now=NOW)
    async with transaction() as session:
        (await session.get_one(Officer, "basim")).active = False

    codes_put_back = await put_back(" Basim ", now=LATER)

    assert sorted(codes_put_back) == sorted(codes[:2])
    assert await put_back("basim", now=LATER) == ()
    assert await happened(codes[0]) == ["claimed", "released"]


async def test_the_second_officer_s_queue_is_not_for_the_first() -> None:
    """It waits for another one."""
    [code] = await at_gate(1)
    async with transaction() as session:
        (await find_request(session, code, lock=True)).approvals_needed = 2
    await decide(code, approve("amal"), now=NOW)

    assert await counts() == {"second_officer": 1}
    assert await next_request("amal", now=LATER) is None
    assert await next_request("basim", now=LATER) == code


async def test_a_queue_is_read_page_by_page() -> None:
    """The next page begins where the last one ended."""
    codes = await at_gate(5)
    first = await read_queue(Queue.TO_TAKE, "amal", now=NOW, limit=3)
    second = await read_queue(Queue.TO_TAKE, "amal", now=NOW, limit=3, after=first.after)

    assert [gate.tracking_code for gate in (*first.gates, *second.gates)] == codes
    assert second.after is None
    assert first.counts[Queue.TO_TAKE] == 5
