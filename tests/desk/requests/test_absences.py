"""Officers who are away: they hold nothing, are given nothing, and come back."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlmodel import select

from desk.cases.gate import queue, read_gate
from desk.operations.overview import overview
from desk.queues.listing import read_queue
from desk.queues.taking import hold, next_request
from desk.requests.absences import NotAway, all_officers, come_back, read_absences, say_away
from desk.requests.at_the_gate import OFFICER_AWAY, OfficerAway
from desk.requests.claims import assign, claim
from desk.requests.landing import put_down, take_back
from desk.requests.review import Ruling, decide
from desk.requests.waiting import load_request
from models.absences import Absence
from models.database import transaction
from models.officers import OfficerUnknown, find_officer
from models.requests import history
from rules.requests.absences import AwayAlready, DaysAway, NotDaysToBeAway
from rules.requests.queues import Queue
from rules.requests.statuses import ActorKind, Status
from rules.requests.verdicts import Verdict
from rules.values.dates import riyadh_day
from support.operating import absent_put_back
from support.people import register_people
from support.racing import until_somebody_waits
from support.requests import NOW, happened, request_at_gate
from support.staff import has_left

#: A Monday, at noon in Riyadh.
TODAY = riyadh_day(NOW)
DAY = timedelta(days=1)
AWAY_TODAY = DaysAway(TODAY, TODAY + 3 * DAY)
AWAY_TOMORROW = DaysAway(TODAY + DAY, TODAY + 3 * DAY)
APPROVE = Ruling(verdict=Verdict.APPROVE, officer="amal")


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def amal_says(days: DaysAway) -> tuple[str, ...]:
    """Of herself."""
    return await say_away("amal", days, by="amal", now=NOW)


async def rows() -> list[Absence]:
    """All that was ever said."""
    async with transaction() as session:
        return list((await session.exec(select(Absence))).all())


async def test_what_somebody_holds_goes_back_when_they_are_away_from_today_on() -> None:
    """The history says why; what they put aside stays until its day."""
    code = await request_at_gate()
    await claim(code, "amal", now=NOW)

    put_back = await amal_says(AWAY_TODAY)

    request = await load_request(code)
    async with transaction() as session:
        last = (await history(session, request.id))[-1]
    assert (put_back, request.claimed_by) == ((code,), None)
    assert await happened(code) == ["claimed", f"released {OFFICER_AWAY}"]
    assert (last.actor_kind, last.actor) == (ActorKind.OFFICER, "amal")


async def test_what_a_supervisor_says_is_kept_with_their_name() -> None:
    """And it is not the officer who put the request back."""
    code = await request_at_gate()
    await claim(code, "amal", now=NOW)

    await say_away("amal", AWAY_TODAY, by="basim", now=NOW)

    request = await load_request(code)
    async with transaction() as session:
        last = (await history(session, request.id))[-1]
    [row] = await rows()
    assert (last.actor_kind, last.actor) == (ActorKind.OPERATIONS, "amal")
    assert (row.officer, row.said_by, row.said_at) == ("amal", "basim", NOW)


async def test_what_was_put_aside_stays_aside() -> None:
    """It comes back on its day, to everybody."""
    code = await request_at_gate()
    await claim(code, "amal", now=NOW)
    await hold(code, "amal", "asked HR", TODAY + DAY, now=NOW)

    assert await amal_says(AWAY_TODAY) == ()
    page = await read_queue(Queue.HELD, "basim", now=NOW, limit=5)

    assert [gate.tracking_code for gate in page.gates] == [code]


async def test_a_claim_ends_at_the_midnight_that_begins_the_absence() -> None:
    """Nobody presses anything: a colleague takes it, and the history says why it was free."""
    midnight = NOW.replace(hour=21)
    code = await request_at_gate()
    await amal_says(AWAY_TOMORROW)
    await claim(code, "amal", now=midnight - timedelta(minutes=1))

    before = await next_request("basim", now=midnight - timedelta(seconds=1))
    seen = await read_gate(code, now=midnight)
    [listed] = await queue(now=midnight)
    after = await next_request("basim", now=midnight)

    assert (before, after) == (None, code)
    assert (seen.holder(midnight), listed.holder(midnight)) == (None, None)
    assert (await load_request(code)).claimed_by == "basim"
    assert (await happened(code))[-2:] == [f"released {OFFICER_AWAY}", "claimed"]


async def test_whoever_is_away_is_given_nothing_and_takes_nothing() -> None:
    """The refusal says until when, and when they are back: after the weekend."""
    code = await request_at_gate()
    await amal_says(AWAY_TODAY)

    for act in (
        lambda: next_request("amal", now=NOW),
        lambda: claim(code, "amal", now=NOW),
        lambda: assign(code, "amal", by="basim", now=NOW),
    ):
        with pytest.raises(OfficerAway) as refused:
            await act()
        assert (refused.value.last, refused.value.back_on) == (TODAY + 3 * DAY, TODAY + 6 * DAY)

    assert (await load_request(code)).claimed_by is None
    assert await next_request("basim", now=NOW) == code


async def test_on_the_day_after_everything_is_as_before() -> None:
    """Its last day is a day of absence."""
    code = await request_at_gate()
    await amal_says(DaysAway(TODAY, TODAY + DAY))

    with pytest.raises(OfficerAway):
        await next_request("amal", now=NOW + DAY)
    assert await next_request("amal", now=NOW + 2 * DAY) == code


async def test_a_decision_that_was_put_down_lands_all_the_same() -> None:
    """Whoever decided was here then; and whoever decides while away has decided."""
    code = await request_at_gate()
    await claim(code, "amal", now=NOW)
    assert await put_down(code, APPROVE, now=NOW) is not None
    await amal_says(AWAY_TODAY)
    await take_back(code, "amal", now=NOW)

    status = await decide(code, APPROVE, now=NOW)

    assert status == Status.APPROVED


async def test_somebody_comes_back_before_the_last_day() -> None:
    """Once; the row stays, and says who ended it."""
    code = await request_at_gate()
    await amal_says(AWAY_TODAY)

    ended = await come_back("amal", by="basim", now=NOW + DAY)
    with pytest.raises(NotAway):
        await come_back("amal", by="basim", now=NOW + DAY)

    [row] = await rows()
    assert ended == AWAY_TODAY
    assert (row.ended_at, row.ended_by) == (NOW + DAY, "basim")
    assert await next_request("amal", now=NOW + DAY) == code
    assert await read_absences("amal", now=NOW + DAY) == ()


async def test_coming_days_are_called_off_by_one_of_them() -> None:
    """Others stay; without a day it is today's."""
    await amal_says(AWAY_TOMORROW)
    await amal_says(DaysAway(TODAY + 10 * DAY, TODAY + 11 * DAY))

    with pytest.raises(NotAway):
        await come_back("amal", by="amal", now=NOW)
    await come_back("amal", by="amal", now=NOW, day=TODAY + 2 * DAY)

    [left] = await read_absences("amal", now=NOW)
    assert left.days.first == TODAY + 10 * DAY


@pytest.mark.parametrize(
    "days", [DaysAway(TODAY - DAY, TODAY), DaysAway(TODAY + DAY, TODAY), DaysAway(date.min, TODAY)]
)
async def test_past_days_are_refused(days: DaysAway) -> None:
    """Riyadh's: there it is later than in UTC."""
    with pytest.raises(NotDaysToBeAway):
        await amal_says(days)
    with pytest.raises(NotDaysToBeAway):
        await say_away("amal", DaysAway(TODAY, TODAY), by="amal", now=NOW.replace(hour=21))


async def test_of_two_who_say_the_same_at_once_the_second_is_refused() -> None:
    """It waits for the first one's row."""
    async with transaction() as session:
        await find_officer(session, "amal", lock=True)
        second = asyncio.create_task(amal_says(AWAY_TOMORROW))
        await until_somebody_waits()
        session.add(
            Absence(
                officer="amal", first_day=TODAY, last_day=TODAY + DAY, said_by="amal", said_at=NOW
            )
        )

    with pytest.raises(AwayAlready):
        await second
    assert len(await rows()) == 1


async def test_days_that_were_called_off_can_be_said_again() -> None:
    """And another officer's are no matter."""
    await say_away("basim", AWAY_TOMORROW, by="basim", now=NOW)
    await amal_says(AWAY_TOMORROW)
    await come_back("amal", by="amal", now=NOW, day=TODAY + DAY)

    await amal_says(AWAY_TOMORROW)

    listed = await read_absences(now=NOW)
    assert [(one.officer, one.is_now) for one in listed] == [("amal", False), ("basim", False)]


async def test_of_whoever_has_left_nothing_is_said() -> None:
    """Nor by them; they stand in no list to choose from."""
    with pytest.raises(OfficerUnknown):
        await say_away("retired", AWAY_TODAY, by="amal", now=NOW)
    with pytest.raises(OfficerUnknown):
        await say_away("amal", AWAY_TODAY, by="retired", now=NOW)

    assert await all_officers() == ("amal", "basim", "rahul")


async def test_what_absent_officers_hold_needs_a_hand_and_one_press_puts_it_back() -> None:
    """Claims that were made before the absence began, as of today by the database's clock."""
    code = await request_at_gate()
    await claim(code, "amal", now=NOW)
    today = riyadh_day((await overview()).at)
    async with transaction() as session:
        session.add(
            Absence(officer="amal", first_day=today, last_day=today, said_by="amal", said_at=NOW)
        )

    named = (await overview()).idle_claims
    morning = NOW + (today - TODAY)
    put_back = [await absent_put_back(now=morning) for _ in range(2)]

    assert named == [(code, "amal")]
    assert put_back == [(code,), ()]
    assert (await overview()).idle_claims == []


async def test_a_leaver_s_claim_is_nobody_s_on_the_page_too() -> None:
    """As in the queues: whoever opens the case can take it."""
    code = await request_at_gate()
    await claim(code, "amal", now=NOW)
    before = await read_gate(code, now=NOW)
    await has_left("amal")

    after = await read_gate(code, now=NOW)

    assert (before.holder(NOW), after.holder(NOW)) == ("amal", None)
