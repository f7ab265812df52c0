"""A whole run outside Prefect: its hours, and its processes."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from rules.thresholds import About
from support.policies import policy_with
from support.reminding import SUNDAY, Runs, card_on_file, noon, unhurried
from support.smtp import SmtpRecorder
from tasks.reminders.processes import SenderDied
from tasks.reminders.run import _patience, plan_day, run_reminders

FRIDAY = SUNDAY - timedelta(days=2)


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

    assert _patience(day, now, unhurried(), at_any_hour=False) == patience


def test_a_command_may_send_at_any_hour() -> None:
    """Without waiting for the mail server."""
    night = datetime(2026, 11, 22, 1, tzinfo=UTC)

    assert _patience(SUNDAY, night, unhurried(), at_any_hour=True) == timedelta(0)


@pytest.fixture
async def runs(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Runs]:
    """A mail server that the environment names; two processes send, however few the letters."""
    monkeypatch.setattr("tasks.reminders.processes.WORTH_IT", 1)
    async with SmtpRecorder(extensions=("PIPELINING",)) as smtp:
        monkeypatch.setenv("MUMARIS_SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("MUMARIS_SMTP_PORT", str(smtp.port))
        yield Runs(smtp)


async def test_two_processes_send_each_letter_once(runs: Runs) -> None:
    """What they report is what happened."""
    for _ in range(12):
        await card_on_file(SUNDAY + timedelta(days=14))

    report = await run_reminders(About.CARD, SUNDAY, run="test", at_any_hour=True)

    assert (report.examined, report.sent, report.waiting) == (12, 12, 0)
    assert len({letter["Message-ID"] for letter in runs.letters()}) == 12


async def test_a_process_that_cannot_send_at_all_is_a_fault_of_the_run(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letters stay planned for the next one."""
    await card_on_file(SUNDAY + timedelta(days=14))
    monkeypatch.setenv("MUMARIS_SMTP_PORT", "not a port")

    with pytest.raises(SenderDied):
        await run_reminders(About.CARD, SUNDAY, run="test", at_any_hour=True)

    assert runs.smtp.accepted == []


async def test_a_threshold_that_policy_adds_is_not_passed_over(runs: Runs, tmp_path: Path) -> None:
    """Every card is looked at again; one that has its letter of the current threshold gets none."""
    told = await card_on_file(SUNDAY + timedelta(days=14))
    later = await card_on_file(SUNDAY + timedelta(days=50))
    await plan_day(About.CARD, SUNDAY, run="test", now=noon(SUNDAY))

    with policy_with(tmp_path, ("days_before = [90, 60, 30,", "days_before = [90, 60, 50, 30,")):
        plan = await plan_day(About.CARD, SUNDAY, run="test", now=noon(SUNDAY))
        again = await plan_day(About.CARD, SUNDAY, run="test", now=noon(SUNDAY))

    assert (plan.examined, plan.letters, again.examined) == (2, 1, 0)
    assert [row.threshold for row in await told.reminders()] == [14]
    assert [row.threshold for row in await later.reminders()] == [60, 50]


async def test_a_run_for_a_later_day_by_mistake_costs_nobody_a_letter(runs: Runs) -> None:
    """A year too late, typed by hand: today's run looks at everything again."""
    soon = await card_on_file(SUNDAY + timedelta(days=14))
    much_later = await card_on_file(SUNDAY + timedelta(days=500))
    slip = SUNDAY + timedelta(days=365)
    await plan_day(About.CARD, slip, run="test", now=noon(SUNDAY))

    plan = await plan_day(About.CARD, SUNDAY, run="test", now=noon(SUNDAY))
    again = await plan_day(About.CARD, SUNDAY, run="test", now=noon(SUNDAY))

    assert (plan.examined, plan.letters, again.examined) == (2, 1, 0)
    assert [row.threshold for row in await soon.reminders()] == [14]
    assert await much_later.reminders() == []


async def test_letters_planned_for_tomorrow_leave_tomorrow(runs: Runs) -> None:
    """A run for today is not their end, whether it plans or sends."""
    card = await card_on_file(SUNDAY + timedelta(days=15))
    tomorrow = SUNDAY + timedelta(days=1)
    await plan_day(About.CARD, tomorrow, run="test", now=noon(SUNDAY))

    await runs.run(SUNDAY)
    today = runs.letters()
    await plan_day(About.CARD, SUNDAY, run="test", now=noon(SUNDAY))
    (still,) = [row for row in await card.reminders() if row.threshold == 14]
    await runs.send(tomorrow)

    assert [letter["Subject"] for letter in today] == []
    assert (still.status, still.attempts) == ("queued", 0)
    assert len(runs.letters()) == 1
