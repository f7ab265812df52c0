"""`mumaris reminders`, `mumaris suppressions` and `mumaris bounces`."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from mailbox import Maildir
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from support.bounces import report
from support.policies import policy_with
from support.reminding import SUNDAY, OnFile, Runs, card_on_file, noon, running
from support.shell import mumaris
from support.smtp import SmtpRecorder
from support.strays import stray_run

DAY = SUNDAY.isoformat()


@pytest.fixture
async def runs(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Runs]:
    """A mail server that the environment names, and commands for which it is Sunday."""

    async def common_clock() -> Callable[[], datetime]:
        return running(noon(SUNDAY))

    async def database_now(_: object) -> datetime:
        return noon(SUNDAY)

    work = [f"cli.work.{module}" for module in ("reminders", "reminder_runs", "undo")]
    for module in (*work, "desk.reminders.outlook"):
        monkeypatch.setattr(f"{module}.common_clock", common_clock)
    monkeypatch.setattr("desk.reminders.outlook.database_now", database_now)
    async with SmtpRecorder() as smtp:
        smtp.name_in(monkeypatch)
        monkeypatch.setenv("MUMARIS_MAIL_FROM", "cards@example.org")
        yield Runs(smtp)


@pytest.fixture
async def card(runs: Runs) -> OnFile:
    """A card with fourteen days left."""
    return await card_on_file(SUNDAY + timedelta(days=14))


async def test_a_dry_run_says_what_would_happen_and_keeps_nothing(card: OnFile) -> None:
    """Nothing is sent either."""
    ran = await mumaris("reminders", "run", "--on", DAY, "--dry-run")

    assert ran.exit_code == 0
    assert "14 days left  1" in ran.stdout
    assert "nothing was sent or kept" in ran.stdout
    assert await card.reminders() == []


async def test_a_run_that_may_write_to_many_asks_first(
    card: OnFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can answer here: it says to how many, and nothing leaves before the yes."""
    monkeypatch.setattr("cli.work.reminder_runs.MANY", 0)

    unasked = await mumaris("reminders", "run", "--on", DAY, "--at-any-hour")
    before = await card.reminders()
    rehearsal = await mumaris("reminders", "run", "--on", str(SUNDAY + timedelta(days=1)))
    sent = await mumaris("reminders", "run", "--on", DAY, "--at-any-hour", "--yes")

    assert (unasked.exit_code, before) == (2, [])
    assert "Up to 2 e-mails leave" in unasked.stderr
    assert (rehearsal.exit_code, sent.exit_code) == (0, 0)
    assert "1 sent" in sent.stdout


async def test_a_run_sends_and_a_second_one_sends_nothing(runs: Runs, card: OnFile) -> None:
    """The same day twice."""
    first = await mumaris("reminders", "run", "--on", DAY, "--at-any-hour")
    second = await mumaris("reminders", "run", "--on", DAY, "--at-any-hour")

    assert "1 cards examined; e-mails: 1 sent\n" in first.stdout
    assert "0 cards examined; e-mails: 0 sent" in second.stdout
    assert len(runs.smtp.accepted) == 1


@pytest.mark.parametrize("on", ["2027-06-27", "2025-06-01"])
async def test_a_run_for_another_day_only_says_what_it_would_do(
    runs: Runs, card: OnFile, on: str
) -> None:
    """And why; as JSON too."""
    shown = await mumaris("reminders", "run", "--on", on, "--at-any-hour")
    told = json.loads((await mumaris("reminders", "run", "--on", on, "--json")).stdout)

    assert f"{on} is not today ({DAY}), so nothing was sent" in shown.stdout
    assert [(each["rehearsed"], each["sent"]) for each in told["reports"]] == [(True, 0)] * 2
    assert runs.smtp.accepted == []
    assert await card.reminders() == []


async def test_another_day_s_reminders_leave_today_only_with_a_reason(
    runs: Runs, card: OnFile
) -> None:
    """And with a yes, where nobody can be asked."""
    order = ("reminders", "run", "--on", "2026-11-24", "--at-any-hour", "--send")

    unexplained = await mumaris(*order, "--yes")
    unanswered = await mumaris(*order, "--because", "a strike")
    sent = await mumaris(*order, "--because", "a strike", "--yes")

    assert (unexplained.exit_code, unanswered.exit_code, sent.exit_code) == (2, 2, 0)
    assert "1 cards examined; e-mails: 1 sent\n" in sent.stdout
    assert len(runs.smtp.accepted) == 1


async def test_a_run_for_another_day_is_found_and_taken_back(runs: Runs) -> None:
    """Which runs, whom they told what, and then that it is undone; asked before it is."""
    stray = await card_on_file(SUNDAY + timedelta(days=219))
    await stray_run(runs, SUNDAY + timedelta(days=190))

    listed = json.loads((await mumaris("reminders", "undo", "--json")).stdout)
    shown = await mumaris("reminders", "undo", "--run", "stray", "--dry-run")
    unanswered = await mumaris("reminders", "undo", "--run", "stray")
    before = await mumaris("reminders", "why", stray.number, "--on", "2027-05-31")
    undone = await mumaris("reminders", "undo", "--run", "stray", "--correct", "--yes")
    again = await mumaris("reminders", "undo", "--run", "stray", "--correct", "--yes", "--json")
    after = await mumaris("reminders", "why", stray.number, "--on", "2027-05-31")
    unknown = await mumaris("reminders", "undo", "--run", "unheard-of", "--yes")

    assert [(each["run"], each["as_if_it_were"], each["sent"]) for each in listed] == [
        ("stray", "2027-05-31", 1)
    ]
    assert all(word in shown.stdout for word in (stray.number, "29 days left", "219 days left"))
    assert unanswered.exit_code == 2
    assert "decided: sent" in before.stdout
    assert "said what is true on 2027-05-31" in before.stdout
    assert "1 e-mails no longer count" in undone.stdout
    assert "1 corrections leave with the next run" in undone.stdout
    assert json.loads(again.stdout)["undone"] == {"letters": 0, "reopened": 0, "corrections": 0}
    assert "yes, with the next run" in after.stdout
    assert "undone" in after.stdout
    assert (unknown.exit_code, len(unknown.stderr.splitlines())) == (1, 1)


async def test_lists_are_json_too(card: OnFile) -> None:
    """The rehearsal by days, and why."""
    days = json.loads(
        (await mumaris("reminders", "rehearse", "--on", DAY, "--days", "2", "--json")).stdout
    )
    why = json.loads((await mumaris("reminders", "why", card.number, "--json")).stdout)

    assert [(each["day"], each["by_days_left"]) for each in days] == [
        (DAY, {"14": 1}),
        ("2026-11-23", {}),
    ]
    assert next(each["letter"] for each in why["about"]) == "yes, with the next run"


async def test_a_rehearsal_is_a_table_a_csv_and_a_picture(card: OnFile, tmp_path: Path) -> None:
    """Of the coming days, if nothing changed."""
    table, picture = tmp_path / "days.csv", tmp_path / "days.svg"

    ran = await mumaris(
        "reminders",
        "rehearse",
        "--on",
        DAY,
        "--days",
        "16",
        "--csv",
        str(table),
        "--chart",
        str(picture),
    )

    lines = table.read_text(encoding="utf-8").splitlines()
    assert ran.exit_code == 0
    assert lines[0] == (
        "day,90 days left,60 days left,30 days left,14 days left,7 days left,1 day left,last day,"
        "14 days past,letters,quiet"
    )
    assert [line for line in lines if line.endswith(",1,")] == [
        "2026-11-22,,,,1,,,,,1,",
        "2026-11-29,,,,,1,,,,1,",
        "2026-12-06,,,,,,,1,,1,",
    ]
    assert ET.fromstring(picture.read_text(encoding="utf-8")).tag.endswith("svg")  # noqa: S314 - ours


async def test_why_explains_each_rule_without_the_holder(runs: Runs, card: OnFile) -> None:
    """And tells of what was sent, and of what comes."""
    await runs.run(SUNDAY)

    asked = await mumaris("reminders", "why", card.number, "--on", DAY)

    assert asked.exit_code == 0
    assert "Current threshold:   14 days left\n" in asked.stdout
    assert "Next threshold from: 2026-11-29\n" in asked.stdout
    assert asked.stdout.count("  yes\n") == 7 + 7
    assert "Letter:              decided: sent\n" in asked.stdout
    assert "Letter:              none: no threshold is current\n" in asked.stdout
    assert "no letter about the card leaves today  no: card first until 2026-11-23" in asked.stdout
    assert "sent" in asked.stdout
    assert card.email not in asked.stdout
    assert "Noura" not in asked.stdout


async def test_why_says_what_the_next_run_will_do(runs: Runs, card: OnFile) -> None:
    """A letter, or the first rule that objects."""
    sunday = await mumaris("reminders", "why", card.number, "--on", DAY)
    friday = await mumaris("reminders", "why", card.number, "--on", "2026-11-27")

    assert "Letter:              yes, with the next run\n" in sunday.stdout
    assert "Letter:              none: quiet day until 2026-11-29\n" in friday.stdout


async def test_new_thresholds_are_told_before_a_run_knows_them(
    runs: Runs, card: OnFile, tmp_path: Path
) -> None:
    """A dry run finds what the last run left; a rehearsal knows what the next one will do."""
    await mumaris("reminders", "run", "--on", DAY, "--at-any-hour")
    before = await mumaris("reminders", "run", "--on", DAY, "--dry-run")

    with policy_with(tmp_path, ("60, 30, 14,", "60, 30, 15,")):
        after = await mumaris("reminders", "run", "--about", "card", "--on", DAY, "--dry-run")
        rehearsed = await mumaris("reminders", "rehearse", "--on", DAY, "--days", "1")

    assert "thresholds are new" not in before.stdout
    assert "0 cards would be examined" in after.stdout
    assert "thresholds are new" in after.stdout
    assert "15 DAYS LEFT" in rehearsed.stdout
    assert "-             1             -" in rehearsed.stdout


async def test_why_asks_for_a_card_that_exists(card: OnFile) -> None:
    """One line, and an exit code."""
    asked = await mumaris("reminders", "why", "99999999")

    assert asked.exit_code != 0
    assert len(asked.stderr.splitlines()) == 1


async def test_the_backlog_is_what_waits(runs: Runs, card: OnFile) -> None:
    """Cards first, then letters."""
    before = json.loads((await mumaris("reminders", "backlog", "--json")).stdout)
    await runs.plan(SUNDAY)
    after = json.loads((await mumaris("reminders", "backlog", "--json")).stdout)
    shown = await mumaris("reminders", "backlog")

    assert (before["cards_to_examine"], before["letters"]) == (1, [])
    assert after["cards_to_examine"] == 0
    assert [each["letters"] for each in after["letters"]] == [1]
    assert "Letters that wait:   1" in shown.stdout


async def test_a_bounce_is_read_listed_and_lifted(runs: Runs, card: OnFile, tmp_path: Path) -> None:
    """From the report to the day on which the mailbox works again."""
    await runs.run(SUNDAY)
    (row,) = await card.reminders()
    Maildir(str(tmp_path / "bounces")).add(report(row.id, final=f"rfc822; {card.email}"))

    read = await mumaris("bounces", "read", str(tmp_path / "bounces"))
    listed = json.loads((await mumaris("suppressions", "list", "--json")).stdout)
    lifted = await mumaris("suppressions", "lift", card.email.upper())
    again = await mumaris("suppressions", "lift", card.email)

    assert "1 addresses suppressed" in read.stdout
    assert [(each["address"], each["why"], each["server_reply"]) for each in listed] == [
        (card.email, "bounced", "550 5.1.1")
    ]
    assert (lifted.exit_code, again.exit_code) == (0, 1)


async def test_reminders_are_stopped_by_hand(card: OnFile) -> None:
    """By number or address; all reasons stand side by side, and a wish is not lifted unasked."""
    added = await mumaris("suppressions", "add", card.number, "--reason", "deceased")
    again = await mumaris("suppressions", "add", card.email, "--reason", "deceased")
    both = await mumaris("suppressions", "add", card.email, "--reason", "bounced", "--json")
    unasked = await mumaris("suppressions", "lift", card.email)
    one = await mumaris("suppressions", "lift", card.email, "--reason", "bounced")
    rest = await mumaris("suppressions", "lift", card.email, "--yes")

    assert added.stdout == "suppressed\nreasons: deceased\n"
    assert "was suppressed for this reason already" in again.stdout
    assert json.loads(both.stdout) == {
        "new": True,
        "reasons": ["deceased", "bounced"],
        "people": 1,
    }
    assert unasked.exit_code != 0
    assert one.stdout == "lifted: bounced\nstill suppressed: deceased\n"
    assert rest.stdout == "lifted: deceased\n"
