"""Whoever sends holds a lease: by the database's clock, and asked for again before the content."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from desk.clock import utc_now
from mail.delivering.backoff import WAITS
from models.database import transaction
from models.letters import Letter
from models.reminders.outbox import Stamp, give_back, hold, stamp
from models.settings import DatabaseSettings
from rules.reminders.decision import ReminderStatus
from rules.requests.letter_status import LetterStatus
from support.letters import owe
from support.reminding import SUNDAY, Runs, noon, statuses
from support.sending import WatchedSmtp, due_cards, watched_smtp
from support.smtp import At
from tasks.letter_delivery import deliver_letters
from tasks.sending.leases import StillOurs

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def smtp() -> AsyncIterator[WatchedSmtp]:
    """A mail server at which a test may act."""
    async with watched_smtp() as server:
        yield server


def once(at: At, act: Callable[[], None]) -> Callable[[At], None]:
    """Act when the server is first asked there."""
    left = [act]

    def before(point: At) -> None:
        if point == at and left:
            left.pop()()

    return before


def change(statement: str, *values: object) -> Callable[[], None]:
    """Change rows at once, from outside the sender's own session."""

    def act() -> None:
        with psycopg.connect(DatabaseSettings().libpq_url(), autocommit=True) as connection:
            connection.execute(statement, values)  # type: ignore[arg-type]  # the tests' own text

    return act


END_THE_LEASE = "UPDATE letters SET leased_until = clock_timestamp() - interval '1 second'"
END_THE_HOLD = "UPDATE reminders SET held_until = clock_timestamp() - interval '1 second'"
HOLD_ANEW = (
    "UPDATE reminders SET held_by = %s, held_until = clock_timestamp() + interval '1 minute'"
)
TAKE_OVER = "UPDATE letters SET lease = %s, leased_until = clock_timestamp() + interval '1 minute'"


async def row_of(letter: Letter) -> Letter:
    """The letter's row as it stands now."""
    async with transaction() as session:
        return await session.get_one(Letter, letter.id)


async def test_a_sender_that_stood_frozen_sends_nothing(smtp: WatchedSmtp) -> None:
    """Its lease ended while it waited for the server; another one sends, once."""
    letter = await owe()
    smtp.before = once("RCPT", change(END_THE_LEASE))

    await deliver_letters(now=utc_now())
    frozen = len(smtp.accepted)
    await deliver_letters(now=utc_now())

    assert frozen == 0
    assert smtp.ids() == [f"<{letter.id}@example.org>"]
    assert (await row_of(letter)).attempts == 1


@pytest.mark.parametrize("reply", ["451 4.3.0 later", "550 5.1.1 user unknown", "554 5.7.1 relay"])
async def test_who_lost_the_lease_neither_stamps_nor_gives_back(
    smtp: WatchedSmtp, reply: str
) -> None:
    """Whatever the server told it: what becomes of the letter is the other sender's to write."""
    letter, other = await owe(), uuid4()
    smtp.before = once("RCPT", change(TAKE_OVER, other))
    smtp.will("RCPT", reply)

    await deliver_letters(now=utc_now())

    row = await row_of(letter)
    assert (row.status, row.lease, row.attempts) == (LetterStatus.QUEUED, other, 0)
    assert row.leased_until is not None
    assert row.leased_until > utc_now()


async def test_what_was_accepted_is_written_down_whoever_holds_it_by_now(
    smtp: WatchedSmtp,
) -> None:
    """Not to write it would send it again."""
    letter = await owe()
    smtp.before = once("CONTENT", change(TAKE_OVER, uuid4()))

    await deliver_letters(now=utc_now())
    await deliver_letters(now=utc_now() + timedelta(hours=1))

    assert (await row_of(letter)).status == LetterStatus.SENT
    assert len(smtp.accepted) == 1


async def test_a_letter_that_is_not_wanted_any_more_is_not_sent(smtp: WatchedSmtp) -> None:
    """Its link was superseded while the server was asked."""
    letter = await owe()
    smtp.before = once("RCPT", change("UPDATE letters SET status = 'skipped'"))

    await deliver_letters(now=utc_now())

    assert smtp.accepted == []
    assert (await row_of(letter)).status == LetterStatus.SKIPPED


async def test_an_attempt_counts_when_it_ends(smtp: WatchedSmtp) -> None:
    """A lease that ends by itself costs none: a full disk had used them all up."""
    letter = await owe()
    for _ in range(len(WAITS) + 3):
        smtp.before = once("RCPT", change(END_THE_LEASE))
        await deliver_letters(now=utc_now())
    smtp.will("RCPT", "451 4.3.0 later")

    await deliver_letters(now=utc_now())

    row = await row_of(letter)
    assert (row.status, row.attempts) == (LetterStatus.QUEUED, 1)


async def test_a_server_that_hangs_on_one_letter_holds_up_that_one(smtp: WatchedSmtp) -> None:
    """The others arrive meanwhile."""
    letters = [await owe() for _ in range(6)]
    smtp.will("RCPT", hang=True)

    delivering = asyncio.ensure_future(deliver_letters(now=utc_now()))
    while len(smtp.accepted) < len(letters) - 1:
        await asyncio.sleep(0.02)
        assert not delivering.done()
    delivering.cancel()
    await asyncio.gather(delivering, return_exceptions=True)

    assert len(set(smtp.ids())) == len(letters) - 1


async def test_a_run_does_not_wait_for_a_mail_server_that_is_away(smtp: WatchedSmtp) -> None:
    """Only the sweep asks whether it is back; it sends what the run left."""
    known, later = await owe(), await owe()
    smtp.will("CONNECT", "554 5.3.2 closed")
    await deliver_letters(now=utc_now(), request_id=known.request_id)
    asked = smtp.connections

    tried = await deliver_letters(now=utc_now(), request_id=later.request_id)
    of_run = smtp.connections
    await deliver_letters(now=utc_now())

    assert (tried, of_run) == (0, asked)
    assert f"<{later.id}@example.org>" in smtp.ids()


async def test_senders_whose_clocks_differ_send_no_reminder_twice(smtp: WatchedSmtp) -> None:
    """By more than a hold lasts: the database's clock tells whether it does."""
    smtp.takes = 0.02
    await due_cards(40)
    runs = Runs(smtp)
    await runs.plan(SUNDAY)
    clocks = [noon(SUNDAY) + timedelta(seconds=seconds) for seconds in (0, 90, 3600)]

    await asyncio.gather(*(runs.send(SUNDAY, at=at) for at in clocks))

    assert sorted(smtp.ids()) == sorted(set(smtp.ids()))
    assert await statuses() == {"sent": 40}


async def test_no_clock_but_the_database_s_ends_a_hold(smtp: WatchedSmtp) -> None:
    """Whose clock is a year ahead finds the letter due, and held."""
    await due_cards(1)
    await Runs(smtp).plan(SUNDAY)
    ahead = max(noon(SUNDAY), utc_now()) + timedelta(days=365)
    minute = timedelta(minutes=1)

    async with transaction() as session:
        held = await hold(session, now=noon(SUNDAY), lease=minute, limit=9)
    async with transaction() as session:
        again = await hold(session, now=ahead, lease=minute, limit=9)

    assert (len(held), again) == (1, [])


async def test_who_lost_the_hold_of_a_reminder_writes_nothing_but_that_it_was_accepted(
    smtp: WatchedSmtp,
) -> None:
    """Neither a deferral nor the giving back ends another sender's hold."""
    (card,) = await due_cards(1)
    await Runs(smtp).plan(SUNDAY)
    now, minute = noon(SUNDAY), timedelta(minutes=1)
    async with transaction() as session:
        (lost,) = await hold(session, now=now, lease=-minute, limit=9)
    async with transaction() as session:
        (ours,) = await hold(session, now=now, lease=minute, limit=9)

    async with transaction() as session:
        await stamp(session, [Stamp(lost, ReminderStatus.QUEUED, again=now + minute)], now=now)
        await give_back(session, [(lost, now + minute)])
    (held,) = await card.reminders()
    async with transaction() as session:
        await stamp(session, [Stamp(lost, ReminderStatus.SENT, again=now)], now=now)
    (sent,) = await card.reminders()

    assert (held.held_by, held.attempts, held.next_attempt_at) == (ours.held_by, 0, now)
    assert sent.status == ReminderStatus.SENT


async def test_a_sender_of_reminders_that_stood_frozen_sends_nothing(smtp: WatchedSmtp) -> None:
    """Its hold ended meanwhile, and another one's began: the content stays back."""
    await due_cards(1)
    runs = Runs(smtp)
    await runs.plan(SUNDAY)
    smtp.before = once("RCPT", change(HOLD_ANEW, uuid4()))

    frozen = await runs.send(SUNDAY)
    change(END_THE_HOLD)()
    sent = await runs.send(SUNDAY, at=noon(SUNDAY) + timedelta(minutes=1))

    assert (frozen["sent"], sent["sent"]) == (0, 1)
    assert len(smtp.accepted) == 1


async def test_a_reminder_that_is_not_wanted_any_more_is_not_sent(smtp: WatchedSmtp) -> None:
    """Somebody undid the order while the server was asked."""
    await due_cards(1)
    runs = Runs(smtp)
    await runs.plan(SUNDAY)
    smtp.before = once(
        "RCPT", change("UPDATE reminders SET status = 'skipped', reason = 'suppressed'")
    )

    sent = await runs.send(SUNDAY)

    assert (sent["sent"], smtp.accepted) == (0, [])
    assert await statuses() == {"skipped": 1}


async def test_one_question_is_asked_for_all_who_come_while_another_is_under_way() -> None:
    """A courier waits for an answer that is younger than it, and no question is asked for each."""
    asked: list[list[int]] = []
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def still_ours(_: object, letters: Sequence[SimpleNamespace]) -> set[int]:
        asked.append([one.id for one in letters])
        begun.set()
        await goes_on.wait()
        return {one.id for one in letters} - {3}

    ours: StillOurs[Any] = StillOurs(SimpleNamespace(still_ours=still_ours))  # type: ignore[arg-type]  # an outbox of one method
    first = asyncio.create_task(ours.ask(SimpleNamespace(id=1)))
    await begun.wait()
    others = [asyncio.create_task(ours.ask(SimpleNamespace(id=id_))) for id_ in (2, 3, 4)]
    await asyncio.sleep(0)
    goes_on.set()

    assert await asyncio.gather(first, *others) == [True, True, False, True]
    assert asked == [[1], [2, 3, 4]]


async def test_nothing_leaves_while_the_database_cannot_say_whose_it_is() -> None:
    """It could not be told what became of the letter either."""

    async def still_ours(*_: object) -> set[int]:
        raise OSError("away")

    ours: StillOurs[Any] = StillOurs(SimpleNamespace(still_ours=still_ours))  # type: ignore[arg-type]  # an outbox of one method

    assert await ours.ask(SimpleNamespace(id=1)) is False
