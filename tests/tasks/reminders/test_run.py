"""A whole run outside Prefect: its hours, its days and its letters."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlmodel import func, select

from desk.clock import utc_now
from desk.reminders.ordering import Order
from models.cards import Card
from models.database import transaction
from models.last_times import Recurring, last_times
from models.reminders.examination_days import ExaminationDays
from models.reminders.orders import ReminderOrder
from models.reminders.reminders import Reminder
from rules.policy.thresholds import Topic
from rules.values.dates import riyadh_day
from support.policies import policy_with
from support.reminding import SUNDAY, OnFile, Runs, card_on_file, noon, running, unhurried
from support.set_clock import SetClock
from support.smtp import SmtpRecorder
from tasks.reminders.delivery import reminder_sender
from tasks.reminders.planning import plan_day
from tasks.reminders.run import _patience, run_reminders

FRIDAY = SUNDAY - timedelta(days=2)
YEAR = timedelta(days=365)
AWAY = timedelta(days=190)
#: A Monday.
LATER = SUNDAY + AWAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "hour_utc", "patience"),
    [
        (SUNDAY, 3, None),
        (SUNDAY, 4, timedelta(hours=13)),
        (SUNDAY, 16, timedelta(hours=1)),
        (SUNDAY, 17, None),
        (FRIDAY, 9, None),
    ],
)
def test_letters_leave_in_the_hours_of_policy_on_days_that_are_not_quiet(
    day: date, hour_utc: int, patience: timedelta | None
) -> None:
    """Seven to twenty in Riyadh; a run waits for its mail server until then."""
    now = datetime(day.year, day.month, day.day, hour_utc, tzinfo=UTC)

    assert _patience(now, unhurried(), at_any_hour=False) == patience


def test_a_command_may_send_at_any_hour() -> None:
    """Without waiting for the mail server."""
    night = datetime(2026, 11, 22, 1, tzinfo=UTC)

    assert _patience(night, unhurried(), at_any_hour=True) == timedelta(0)


@pytest.fixture
async def runs(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Runs]:
    """A mail server that the environment names."""
    async with SmtpRecorder(extensions=("PIPELINING",)) as smtp:
        smtp.name_in(monkeypatch)
        yield Runs(smtp)


async def test_a_run_sends_each_letter_once(runs: Runs) -> None:
    """What it reports is what happened."""
    for _ in range(12):
        await card_on_file(SUNDAY + timedelta(days=14))

    report = await run_reminders(
        Topic.CARD, run="test", clock=running(noon(SUNDAY)), at_any_hour=True
    )

    assert (report.examined, report.sent, report.waiting) == (12, 12, 0)
    assert len({letter["Message-ID"] for letter in runs.letters()}) == 12


async def test_mail_settings_that_are_none_are_a_fault_of_the_run(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letters stay planned for the next one."""
    await card_on_file(SUNDAY + timedelta(days=14))
    monkeypatch.setenv("MUMARIS_SMTP_PORT", "not a port")

    with pytest.raises(ValidationError):
        await run_reminders(Topic.CARD, run="test", clock=running(noon(SUNDAY)), at_any_hour=True)

    assert runs.smtp.accepted == []


async def test_a_threshold_that_policy_adds_is_not_passed_over(runs: Runs, tmp_path: Path) -> None:
    """Every card is looked at again; one that has its letter of the current threshold gets none."""
    told = await card_on_file(SUNDAY + timedelta(days=14))
    later = await card_on_file(SUNDAY + timedelta(days=50))
    await plan_day(Topic.CARD, SUNDAY, run="test", now=noon(SUNDAY))

    with policy_with(tmp_path, ("days_before = [90, 60, 30,", "days_before = [90, 60, 50, 30,")):
        plan = await plan_day(Topic.CARD, SUNDAY, run="test", now=noon(SUNDAY))
        again = await plan_day(Topic.CARD, SUNDAY, run="test", now=noon(SUNDAY))

    assert (plan.examined, plan.letters, again.examined) == (2, 1, 0)
    assert [row.threshold for row in await told.reminders()] == [14]
    assert [row.threshold for row in await later.reminders()] == [60, 50]


#: From a Sunday to other days on which letters leave.
OTHER_DAYS = [timedelta(days=-399), timedelta(days=-3), timedelta(days=1), timedelta(days=217)]


@pytest.mark.parametrize("topic", list(Topic))
@pytest.mark.parametrize("away", OTHER_DAYS, ids=str)
async def test_a_run_for_another_day_says_what_it_would_do_and_leaves_no_trace(
    runs: Runs, topic: Topic, away: timedelta
) -> None:
    """Future or past, of cards or profiles, from Python: no reminder, no stamp, no letter."""
    day = SUNDAY + away
    left = timedelta(days=14 if topic is Topic.CARD else 800)
    person = await card_on_file(day + left, confirmed_at=noon(day) - YEAR)
    before = await everything_about(person)

    report = await run_reminders(
        topic, day, run="test", clock=running(noon(SUNDAY)), at_any_hour=True
    )

    assert (report.rehearsed, report.examined, report.sent, report.waiting) == (True, 1, 0, 0)
    assert report.would_send == 1
    assert runs.letters() == []
    assert await everything_about(person) == before


async def test_what_a_run_for_a_later_day_found_is_sent_when_its_day_comes(runs: Runs) -> None:
    """Case of a year too late, typed by hand: each real threshold has its letter afterwards."""
    soon = await card_on_file(SUNDAY + timedelta(days=217))
    await run_reminders(
        Topic.CARD, SUNDAY + timedelta(days=188), run="test", clock=running(noon(SUNDAY))
    )

    days = [SUNDAY + timedelta(days=217 - left) for left in range(95, -1, -1)]
    for day in days:
        await runs.run(day)

    assert [row.threshold for row in await soon.reminders()] == [90, 60, 30, 14, 7, 1, 0]


async def test_a_machine_whose_clock_is_wrong_goes_by_the_database(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A year ahead: its run is today's, and says in the log that the clock is off."""
    soon = await card_on_file(riyadh_day(utc_now()) + timedelta(days=14))
    monkeypatch.setattr("desk.common_clock.utc_now", lambda: utc_now() + YEAR)

    report = await run_reminders(Topic.CARD, run="test")

    assert report.day == riyadh_day(utc_now())
    assert [row.threshold for row in await soon.reminders()] == [14]
    assert "off the database's" in caplog.text


async def test_a_letter_counts_from_the_day_on_which_it_leaves(runs: Runs) -> None:
    """Planned with fourteen days left, sent two days later: twelve, and dated so."""
    await card_on_file(SUNDAY + timedelta(days=14), preferred_language="en")
    await runs.plan(SUNDAY)

    await runs.send(SUNDAY + timedelta(days=2))

    (letter,) = runs.letters()
    assert letter["Subject"] == "Your registration card expires in 12 days"
    assert parsedate_to_datetime(letter["Date"]) == noon(SUNDAY + timedelta(days=2))


async def test_a_letter_that_was_held_before_midnight_is_written_anew_after_it(runs: Runs) -> None:
    """The day in Riyadh ends between the hold and the letter's turn."""
    await card_on_file(SUNDAY + timedelta(days=14), preferred_language="en")
    await runs.plan(SUNDAY)
    clock = SetClock(datetime(2026, 11, 22, 20, 59, 59, 900_000, tzinfo=UTC))
    seconds = iter([0.0])

    def now() -> datetime:
        # The hold is taken by the first two looks at the clock; then midnight has passed.
        clock.at += timedelta(seconds=next(seconds, 0.2))
        return clock.at

    sender = reminder_sender(
        policy=runs.policy, settings=runs.settings, clock=now, ticks=clock.ticks, sleep=clock.sleep
    )
    await sender.run(patience=timedelta(minutes=5))

    (letter,) = runs.letters()
    assert letter["Subject"] == "Your registration card expires in 13 days"


async def everything_about(person: OnFile) -> list[object]:
    """All that a run of reminders could change."""
    async with transaction() as session:
        days = [
            (row.topic, row.thresholds, row.planned_on)
            for row in await session.exec(select(ExaminationDays))
        ]
        card = await session.get_one(Card, person.id)
        stamps = (card.examine_on, (await person.profile()).examine_on)
        reminders = (await session.exec(select(func.count()).select_from(Reminder))).one()
    return [days, stamps, reminders]


async def test_a_whole_run_notes_that_it_was(database: str) -> None:
    """Also one that found nothing to do; a rehearsal is no run."""
    tomorrow = riyadh_day(utc_now()) + timedelta(days=1)

    await run_reminders(Topic.CARD, tomorrow, run="rehearsal")
    async with transaction() as session:
        after_rehearsal = await last_times(session)
    await run_reminders(Topic.CARD, run="test")

    async with transaction() as session:
        assert set(await last_times(session)) == {Recurring.CARD_REMINDERS}
    assert after_rehearsal == {}


async def test_an_operator_may_order_another_day_s_letters_for_today(runs: Runs) -> None:
    """What they say is true today, who ordered it is kept, and no other reminder is lost."""
    card = await card_on_file(LATER + timedelta(days=30), preferred_language="en")
    days = (await everything_about(card))[:2]
    order = Order("huda", "the mail server is closed that week")

    report = await run_reminders(
        Topic.CARD, LATER, run="early", clock=running(noon(SUNDAY)), at_any_hour=True, order=order
    )

    (letter,) = runs.letters()
    async with transaction() as session:
        (kept,) = (await session.exec(select(ReminderOrder))).all()
    assert (report.rehearsed, report.sent) == (False, 1)
    assert letter["Subject"] == f"Your registration card expires in {AWAY.days + 31} days"
    assert (kept.run, kept.day, kept.because, kept.by) == ("early", LATER, order.because, "huda")
    assert (await everything_about(card))[:2] == days

    for left in range(95, -1, -1):
        await runs.run(LATER + timedelta(days=30 - left))

    assert [row.threshold for row in await card.reminders()] == [90, 60, 30, 14, 7, 1, 0]


def test_an_order_says_why() -> None:
    """Somebody will ask."""
    with pytest.raises(ValueError, match="why"):
        Order("huda", "  ")
