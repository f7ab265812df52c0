"""The mail server is away in the middle of a run of reminders, or the hours of policy end."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import psycopg
import pytest

from models.settings import DatabaseSettings
from support.reminding import SUNDAY, OnFile, Runs, noon
from support.sending import WatchedSmtp, due_cards, watched_smtp
from support.set_clock import SetClock
from support.smtp import At
from tasks.reminders.delivery import reminder_sender

HOUR = timedelta(hours=1)


class Outage:
    """From so many letters on, the mail server is away for an hour of the clock."""

    def __init__(self, smtp: WatchedSmtp, clock: SetClock, *, after: int) -> None:
        self._smtp = smtp
        self._clock = clock
        self._after = after
        self._ends: datetime | None = None
        smtp.before = self._go_away

    @property
    def _is_on(self) -> bool:
        return self._ends is not None and self._clock.at < self._ends

    def _go_away(self, at: At) -> None:
        if at == "MAIL" and len(self._smtp.accepted) >= self._after and self._ends is None:
            self._ends = self._clock.at + HOUR
        if at == "MAIL" and self._is_on:
            self._smtp.will("MAIL", "421 4.3.2 shutting down")

    async def sleep(self, seconds: float) -> None:
        """Let time pass; meanwhile nobody listens."""
        if self._is_on:
            await self._smtp.stop()
        await self._clock.sleep(seconds)
        if not self._is_on and not self._smtp.is_listening:
            await self._smtp.start()


@pytest.fixture
async def runs(database: str) -> AsyncIterator[Runs]:
    """Runs with a mail server of their own."""
    async with watched_smtp() as smtp:
        yield Runs(smtp)


@pytest.fixture
async def smtp(runs: Runs) -> WatchedSmtp:
    """That mail server."""
    assert isinstance(runs.smtp, WatchedSmtp)
    return runs.smtp


async def attempts(cards: list[OnFile]) -> list[int]:
    """How often each of these cards' letters was tried."""
    return [row.attempts for card in cards for row in await card.reminders()]


async def test_a_mail_server_that_is_away_for_an_hour_is_waited_for(
    runs: Runs, smtp: WatchedSmtp
) -> None:
    """One run: sixty letters, the server goes after the first twenty, and all leave, each once."""
    cards = await due_cards(60)
    await runs.plan(SUNDAY)
    clock = SetClock(noon(SUNDAY))
    outage = Outage(smtp, clock, after=20)
    sender = reminder_sender(
        policy=runs.policy,
        settings=runs.settings,
        clock=clock.now,
        ticks=clock.ticks,
        sleep=outage.sleep,
    )

    sent = await sender.run(patience=timedelta(hours=8))

    assert sent["sent"] == 60
    assert len(set(smtp.ids())) == len(smtp.ids()) == 60
    assert HOUR < clock.at - noon(SUNDAY) < 3 * HOUR
    # Of twelve that a letter has.
    assert max(await attempts(cards)) <= 6


async def test_no_letter_leaves_after_the_hours_of_policy(runs: Runs, smtp: WatchedSmtp) -> None:
    """Ten seconds are left and one letter leaves in a second: the others are given back whole."""
    cards = await due_cards(30)
    await runs.plan(SUNDAY)
    clock = SetClock(noon(SUNDAY))
    sender = reminder_sender(
        policy=replace(runs.policy, letters_per_second=1),
        settings=runs.settings,
        clock=clock.now,
        ticks=clock.ticks,
        sleep=clock.sleep,
    )

    sent = await sender.run(patience=timedelta(seconds=10))

    assert sent["sent"] == len(smtp.accepted)
    assert 1 <= len(smtp.accepted) <= 10
    assert sorted(await attempts(cards)) == [0] * (30 - sent["sent"]) + [1] * sent["sent"]


async def test_a_run_that_is_told_to_stop_stamps_and_gives_back(
    runs: Runs, smtp: WatchedSmtp
) -> None:
    """Nothing that was accepted is sent again, and no attempt is counted that was not made."""
    cards = await due_cards(30)
    await runs.plan(SUNDAY)
    now = noon(SUNDAY)
    sender = reminder_sender(policy=runs.policy, settings=runs.settings, clock=lambda: now)

    def stop(at: At) -> None:
        if at == "MAIL" and len(smtp.accepted) >= 10:
            sender.stop()

    smtp.before = stop
    sent = await sender.run()
    then, tried = len(smtp.accepted), await attempts(cards)
    await runs.send(SUNDAY, at=now + timedelta(minutes=1))

    assert sent["sent"] == then < 30
    assert sorted(tried) == [0] * (30 - then) + [1] * then
    assert len(set(smtp.ids())) == len(smtp.ids()) == 30


async def test_one_poison_letter_among_three_hundred_stops_no_other(
    runs: Runs, smtp: WatchedSmtp
) -> None:
    """It ends with its reason, and the others arrive in the same run."""
    cards = await due_cards(150)
    (poison,) = await due_cards(
        1, first_name_en="a\r\nBcc: other@example.com", preferred_language="en"
    )
    cards += await due_cards(149)
    await runs.plan(SUNDAY)

    sent = await runs.send(SUNDAY)

    (row,) = await poison.reminders()
    assert (sent["sent"], sent["failed"]) == (299, 1)
    assert len(set(smtp.ids())) == 299
    assert (row.status, row.reason) == ("failed", "not_a_letter")
    assert row.server_reply == "cannot be composed: HeaderUnsafe"


async def test_four_hundred_twenty_ones_in_mid_run_lose_no_letter(
    runs: Runs, smtp: WatchedSmtp
) -> None:
    """At every point of the exchange, and a drop in the content: five of a hundred come later."""
    await due_cards(100)
    await runs.plan(SUNDAY)
    for at in ("MAIL", "RCPT", "DATA", "CONTENT"):
        smtp.will(at, "421 4.3.2 closing")  # type: ignore[arg-type]  # from a tuple of literals
    smtp.will("MIDDLE")

    first = await runs.send(SUNDAY)
    second = await runs.send(SUNDAY, at=noon(SUNDAY) + timedelta(minutes=2))

    assert (first["sent"], second["sent"]) == (95, 5)
    assert len(set(smtp.ids())) == len(smtp.ids()) == 100


async def test_a_card_that_is_renewed_while_letters_leave_gets_none(
    runs: Runs, smtp: WatchedSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its letter is not held yet: it is decided with what is true when it is."""
    monkeypatch.setattr("tasks.sending.sender.BATCH", 5)
    cards = {(await card.reminders())[0].id: card for card in await planned(runs, 20)}
    last = cards[max(cards)]

    def renew(at: At) -> None:
        if at == "MAIL" and not smtp.accepted:
            with psycopg.connect(DatabaseSettings().libpq_url()) as connection:
                connection.execute(
                    "UPDATE cards SET expires_on = expires_on + 730 WHERE id = %s", [last.id]
                )

    smtp.before = renew
    runs.policy = replace(runs.policy, connections=1)
    sent = await runs.send(SUNDAY)

    assert (sent["sent"], sent["skipped"]) == (19, 1)
    assert [row.reason for row in await last.reminders()] == ["renewed"]
    assert len(smtp.accepted) == 19


async def planned(runs: Runs, number: int) -> list[OnFile]:
    """So many cards with a letter that waits; they are held in the order of their ids."""
    cards = await due_cards(number)
    await runs.plan(SUNDAY)
    return cards
