"""The clock is set anew between runs of reminders, and in the middle of one."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest

from desk.reminders.links import ReminderLinkState
from desk.reminders.unsubscribing import look
from rules.policy.thresholds import Topic
from support.reminding import OnFile, Runs, card_on_file, noon
from support.sending import WatchedSmtp, watched_smtp
from support.set_clock import SetClock
from support.smtp import At
from tasks.reminders.delivery import reminder_sender
from tasks.reminders.run import RunReport, run_reminders, send_today
from tasks.reminders.writing import Ready
from tasks.sending.run_clock import RunClock
from tasks.sending.sender import Sender

#: A Wednesday; a day and a year before it, and a week after it, letters leave too.
DAY = date(2026, 11, 25)
EXPIRES_ON = DAY + timedelta(days=14)
BACK_A_DAY = timedelta(days=-1)
BACK_A_YEAR = timedelta(days=-365)
FORWARD_A_WEEK = timedelta(days=7)
JUMPS = [BACK_A_DAY, BACK_A_YEAR, FORWARD_A_WEEK]
NAMES = ["back a day", "back a year", "forward a week"]


@pytest.fixture
async def runs(database: str) -> AsyncIterator[Runs]:
    """Runs with a mail server that the environment names."""
    async with watched_smtp() as smtp:
        yield Runs(smtp)


@pytest.fixture
async def cards(runs: Runs) -> list[OnFile]:
    """Thirty cards that are due on the day."""
    return [await card_on_file(EXPIRES_ON) for _ in range(30)]


async def run_at(now: datetime) -> RunReport:
    """A whole run on the day that the clock shows."""
    return await run_reminders(Topic.CARD, run="test", clock=lambda: now, at_any_hour=True)


async def outcomes(cards: list[OnFile]) -> Counter[tuple[int, str, str | None]]:
    """Threshold, status and reason of every reminder of these cards."""
    rows = [row for card in cards for row in await card.reminders()]
    return Counter((row.threshold, row.status, row.reason) for row in rows)


def each_letter_came_once(runs: Runs, number: int) -> bool:
    """Whether so many letters came, none of them twice."""
    ids = [letter["Message-ID"] for letter in runs.letters()]
    return len(ids) == len(set(ids)) == number


async def links(runs: Runs, *, now: datetime) -> set[ReminderLinkState]:
    """What the links "no more reminders" of all letters can do."""
    found = [
        re.search(r"/unsubscribe/([\w-]+)", str(x["List-Unsubscribe"])) for x in runs.letters()
    ]
    return {(await look(match[1], now=now)).state for match in found if match}


@pytest.mark.parametrize("jump", [BACK_A_DAY, BACK_A_YEAR], ids=NAMES[:2])
async def test_a_letter_waits_for_its_day_while_the_clock_is_back(
    runs: Runs, cards: list[OnFile], jump: timedelta
) -> None:
    """Its threshold is not current yet on that day, and has not passed either."""
    runs.smtp.will("DATA", "451 4.3.0 later", times=30)
    await run_at(noon(DAY))
    runs.smtp._faults.clear()

    wrong = await run_at(noon(DAY) + jump)
    right = await run_at(noon(DAY) + timedelta(hours=1))

    assert (wrong.sent, wrong.waiting) == (0, 30)
    assert (right.sent, right.waiting) == (30, 0)
    assert each_letter_came_once(runs, 30)
    assert await outcomes(cards) == {(14, "sent", None): 30}


async def test_letters_that_a_clock_which_was_ahead_planned_wait_for_their_day(
    runs: Runs, cards: list[OnFile]
) -> None:
    """It was a day ahead for its run, and the mail server away: today's run ends none of them."""
    await runs.plan(DAY)

    before = await run_at(noon(DAY) + BACK_A_DAY)
    then = await run_at(noon(DAY))

    assert (before.sent, before.waiting) == (0, 30)
    assert (then.sent, then.waiting) == (30, 0)
    assert await outcomes(cards) == {(14, "sent", None): 30}


@pytest.mark.parametrize("jump", JUMPS, ids=NAMES)
async def test_what_was_sent_is_not_sent_again_on_another_day(
    runs: Runs, cards: list[OnFile], jump: timedelta
) -> None:
    """Also not when the clock is right again."""
    await run_at(noon(DAY))

    await run_at(noon(DAY) + min(jump, timedelta(days=6)))
    await run_at(noon(DAY) + timedelta(hours=1))

    assert each_letter_came_once(runs, 30)
    assert await links(runs, now=noon(DAY) + timedelta(days=399)) == {ReminderLinkState.USABLE}


@pytest.mark.parametrize("jump", JUMPS, ids=NAMES)
async def test_nothing_leaves_when_the_clock_jumps_between_planning_and_sending(
    runs: Runs, cards: list[OnFile], jump: timedelta
) -> None:
    """Which day it is, and whether letters leave at this hour, is for the next run to find out."""
    clock = SetClock(noon(DAY))
    run_clock = RunClock(clock.now)
    await runs.plan(DAY)
    clock.at += jump
    sent = await send_today(run_clock, at_any_hour=True)
    assert sent.total() == len(runs.smtp.accepted) == 0

    next_ = await run_at(noon(DAY) + timedelta(hours=1))

    assert (next_.sent, next_.waiting) == (30, 0)
    assert each_letter_came_once(runs, 30)


async def test_a_clock_that_stays_ahead_ends_the_threshold_that_it_passed(
    runs: Runs, cards: list[OnFile]
) -> None:
    """Planned, then a week later: each holder gets the present threshold only."""
    await runs.plan(DAY)

    await run_at(noon(DAY) + FORWARD_A_WEEK)

    assert each_letter_came_once(runs, 30)
    assert await outcomes(cards) == {(14, "skipped", "too_late"): 30, (7, "sent", None): 30}


@pytest.mark.parametrize("jump", JUMPS, ids=NAMES)
async def test_sending_ends_when_the_clock_jumps_in_the_middle(
    runs: Runs, smtp_jumps: SetClock, cards: list[OnFile], jump: timedelta
) -> None:
    """Between hold and stamp: what is on its way is stamped, the rest leaves in the next run."""
    clock, smtp = smtp_jumps, watched(runs)

    def set_anew(at: At) -> None:
        if at == "MAIL" and len(smtp.accepted) >= 10:
            clock.at = noon(DAY) + jump

    smtp.before = set_anew
    await runs.plan(DAY)

    first = await sender(runs, clock).run(patience=timedelta(hours=8))
    then = len(smtp.accepted)
    smtp.before = None
    report = await run_at(noon(DAY) + timedelta(hours=1))

    assert first["sent"] == then
    assert 10 <= then < 10 + 2 * runs.policy.connections
    assert (report.sent, report.waiting) == (30 - then, 0)
    assert each_letter_came_once(runs, 30)
    assert await links(runs, now=noon(DAY) + timedelta(days=399)) == {ReminderLinkState.USABLE}


async def test_a_letter_that_a_wrong_clock_put_off_leaves_when_the_clock_is_right(
    runs: Runs, smtp_jumps: SetClock, cards: list[OnFile]
) -> None:
    """Put off by a minute from a week ahead: it waits for that minute, not for the week."""
    clock, smtp = smtp_jumps, watched(runs)

    def set_anew(at: At) -> None:
        if at == "DATA":
            clock.at = noon(DAY) + FORWARD_A_WEEK

    smtp.before = set_anew
    smtp.will("DATA", "451 4.3.0 later", times=30)
    await runs.plan(DAY)
    await sender(runs, clock).run()
    smtp.before = None
    smtp._faults.clear()

    report = await run_at(noon(DAY) + timedelta(minutes=2))

    assert (report.sent, report.waiting) == (30, 0)
    assert each_letter_came_once(runs, 30)


@pytest.fixture
def smtp_jumps() -> SetClock:
    """A clock that the mail server sets."""
    return SetClock(noon(DAY))


def watched(runs: Runs) -> WatchedSmtp:
    """The mail server, with what a test may do there."""
    assert isinstance(runs.smtp, WatchedSmtp)
    return runs.smtp


def sender(runs: Runs, clock: SetClock) -> Sender[Ready]:
    """One that lives by this clock."""
    return reminder_sender(
        policy=runs.policy,
        settings=runs.settings,
        clock=clock.now,
        ticks=clock.ticks,
        sleep=clock.sleep,
    )
