"""The outbox against a mail server that fails, in every way that a mail server fails."""

import asyncio
import errno
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

import support.smtp
import tasks.sending.post
import tasks.sending.sender
from desk.clock import utc_now
from mail.composing.skeleton import Skeletons
from mail.delivering.backoff import WAITS
from models.database import transaction
from models.letters import Letter
from models.requests import history
from rules.requests.letter_status import LetterStatus
from support.letters import owe
from support.patience import Patience
from support.smtp import At, SmtpRecorder
from tasks.letter_delivery import deliver_letters

NEARLY = timedelta(seconds=20)
#: The first attempt, and one after every wait.
ATTEMPTS = len(WAITS) + 1


@pytest.fixture
def mail_server(mail_server: SmtpRecorder, monkeypatch: pytest.MonkeyPatch) -> SmtpRecorder:
    """The mail server, whose answers are not waited for long."""
    monkeypatch.setenv("MUMARIS_SMTP_TIMEOUT_SECONDS", "0.5")
    return mail_server


async def now_of(letter: Letter) -> Letter:
    """The letter's row as it stands now."""
    async with transaction() as session:
        return await session.get_one(Letter, letter.id)


async def spoil(letter: Letter, values: dict[str, Any]) -> None:
    """Write this into the letter's row, around every rule."""
    async with transaction() as session:
        row = await session.get_one(Letter, letter.id)
        row.sqlmodel_update(values)


def copies(mail_server: SmtpRecorder) -> Counter[str]:
    """How often the server has each Message-ID."""
    return Counter(str(taken.message["Message-ID"]) for taken in mail_server.accepted)


TEMPORARY: list[tuple[At, str | None, bool]] = [
    ("CONNECT", "421 4.3.2 too busy", False),
    ("MAIL", "451 4.3.0 later", False),
    ("RCPT", "452 4.2.2 full", False),
    ("DATA", "421 4.3.2 closing", False),
    ("CONTENT", "450 4.7.1 greylisted", False),
    ("MAIL", "554 5.7.1 not you", False),
    ("CONNECT", None, False),
    ("MIDDLE", None, False),
    ("CONNECT", None, True),
    ("CONTENT", None, True),
]


@pytest.mark.parametrize(("at", "reply", "hang"), TEMPORARY)
async def test_what_may_heal_is_tried_again_later_and_arrives(
    mail_server: SmtpRecorder, at: At, reply: str | None, hang: bool
) -> None:
    """Not before its time; then under the same Message-ID."""
    letter = await owe()
    mail_server.will(at, reply, hang=hang)

    await deliver_letters(now=utc_now())
    waiting = await now_of(letter)
    too_early = await deliver_letters(now=utc_now())
    await deliver_letters(now=waiting.next_attempt_at)

    assert (waiting.status, waiting.attempts, waiting.leased_until) == ("queued", 1, None)
    assert abs(waiting.next_attempt_at - utc_now() - WAITS[0]) < NEARLY
    assert waiting.server_reply
    assert too_early == 0
    assert (await now_of(letter)).status == LetterStatus.SENT
    assert f"<{letter.id}@localhost>" in copies(mail_server)
    assert len(copies(mail_server)) == 1


async def test_a_letter_whose_receipt_was_lost_arrives_twice_under_one_message_id(
    mail_server: SmtpRecorder,
) -> None:
    """Dropped between the content and the reply: nobody can know, so it is sent again."""
    letter = await owe()
    mail_server.will("CONTENT")

    await deliver_letters(now=utc_now())
    await deliver_letters(now=(await now_of(letter)).next_attempt_at)

    assert copies(mail_server) == {f"<{letter.id}@localhost>": 2}


async def test_a_server_that_stays_down_fails_no_letter(mail_server: SmtpRecorder) -> None:
    """It is ours: the letter waits as long as it takes, and is tried within the hour."""
    letter = await owe()
    await mail_server.stop()
    now = utc_now()

    for _ in range(ATTEMPTS + 5):
        await deliver_letters(now=now)
        now = (await now_of(letter)).next_attempt_at

    waiting = await now_of(letter)
    assert (waiting.status, waiting.waits_for_us) == (LetterStatus.QUEUED, True)
    assert waiting.attempts == ATTEMPTS + 5
    assert waiting.next_attempt_at - utc_now() < timedelta(hours=1) + NEARLY
    assert await told(waiting) == ["submitted"]


async def test_a_recipient_s_server_that_says_later_for_days_is_given_up(
    mail_server: SmtpRecorder,
) -> None:
    """Longer and longer waits; in the end the history says that the letter failed."""
    letter = await owe()
    mail_server.will("RCPT", "451 4.3.0 later", times=ATTEMPTS)
    waits = []
    now = utc_now()

    for _ in range(ATTEMPTS):
        await deliver_letters(now=now)
        now = (await now_of(letter)).next_attempt_at
        waits.append(now - utc_now())

    given_up = await now_of(letter)
    assert given_up.status == LetterStatus.FAILED
    assert given_up.attempts == ATTEMPTS
    assert all(abs(wait - due) < NEARLY for wait, due in zip(waits, WAITS, strict=False))
    assert await told(given_up) == ["submitted", "letter_failed"]


@pytest.mark.parametrize(
    ("at", "reply"),
    [
        ("RCPT", "554 5.7.1 Relay access denied"),
        ("RCPT", "550 Connection frequency limited"),
        ("RCPT", "550 5.7.26 unauthenticated sender"),
        ("CONTENT", "554 5.7.1 blocked using zen.spamhaus.org"),
        ("CONTENT", "500 no"),
        ("MAIL", "550 5.1.8 sender not allowed"),
        ("CONNECT", "554 5.7.1 go away"),
    ],
)
async def test_what_is_refused_because_of_us_leaves_when_it_is_mended(
    mail_server: SmtpRecorder, at: At, reply: str
) -> None:
    """However long that takes; then at once, with the first letter that leaves."""
    letters = [await owe() for _ in range(3)]
    mail_server.will(at, reply, times=ATTEMPTS + 3)
    now = utc_now()
    for _ in range(ATTEMPTS):
        await deliver_letters(now=now)
        now = max([(await now_of(letter)).next_attempt_at for letter in letters])
    assert {(await now_of(letter)).status for letter in letters} == {LetterStatus.QUEUED}
    mail_server.heal()

    await deliver_letters(now=now)
    await deliver_letters(now=utc_now())

    assert {(await now_of(letter)).status for letter in letters} == {LetterStatus.SENT}
    assert set(copies(mail_server).values()) == {1} or at == "CONTENT"


async def test_a_permanent_refusal_ends_the_letter_at_once(mail_server: SmtpRecorder) -> None:
    """The reply stays on the row, without the address; the history names the letter."""
    letter = await owe()
    mail_server.will("RCPT", f"550 5.1.1 <{letter.to_address}> unknown")

    await deliver_letters(now=utc_now())
    later = await deliver_letters(now=utc_now() + timedelta(days=30))

    ended = await now_of(letter)
    assert (ended.status, ended.server_reply) == ("failed", "550 5.1.1 (address) unknown")
    assert later == 0
    assert await told(ended) == ["submitted", "letter_failed"]


async def told(letter: Letter) -> list[str]:
    """What the history of the letter's request says."""
    async with transaction() as session:
        return [event.what for event in await history(session, letter.request_id)]


POISON: list[dict[str, Any]] = [
    {"facts": {}},
    {"facts": []},
    {"facts": {"submitted_on": "yesterday"}},
    {"letter": "no_such_letter"},
    {"letter": "../received"},
    {"to_address": ""},
    {"to_address": "a@example.org\r\nBcc: b@example.org"},
    {"to_address": "a@example.org> SIZE=1"},
    {"to_address": "a@example.org, b@example.org"},
]


@pytest.mark.parametrize("poison", POISON, ids=str)
async def test_one_poisoned_letter_does_not_stop_the_others(
    mail_server: SmtpRecorder, poison: dict[str, Any]
) -> None:
    """Whatever stands in its row, the letters behind it go out in the same pass."""
    poisoned, *others = [await owe() for _ in range(3)]
    await spoil(poisoned, poison)

    await deliver_letters(now=utc_now())

    assert copies(mail_server) == {f"<{letter.id}@localhost>": 1 for letter in others}
    assert {(await now_of(letter)).status for letter in others} == {LetterStatus.SENT}
    row = await now_of(poisoned)
    assert row.status == LetterStatus.FAILED or row.next_attempt_at > utc_now()
    assert row.server_reply


async def test_a_setting_that_spoils_every_letter_fails_none_for_good(
    mail_server: SmtpRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once it is put right, they arrive."""
    letter = await owe()
    monkeypatch.setenv("MUMARIS_MAIL_REPLY_TO", "nobody at all")
    await deliver_letters(now=utc_now())
    spoiled = await now_of(letter)
    monkeypatch.delenv("MUMARIS_MAIL_REPLY_TO")

    await deliver_letters(now=spoiled.next_attempt_at)

    assert spoiled.server_reply == "cannot be composed: AddressMalformed"
    assert (await now_of(letter)).status == LetterStatus.SENT


async def test_a_disk_that_is_full_fails_no_letter(
    mail_server: SmtpRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it takes to empty it; then they arrive."""
    letter = await owe()
    now = utc_now()
    with monkeypatch.context() as patch:
        patch.setattr(Skeletons, "compose", _no_space)
        for _ in range(ATTEMPTS + 5):
            await deliver_letters(now=now)
            now = (await now_of(letter)).next_attempt_at
    waiting = await now_of(letter)

    await deliver_letters(now=now)

    assert waiting.status == LetterStatus.QUEUED
    assert (await now_of(letter)).status == LetterStatus.SENT


def _no_space(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


async def test_two_deliverers_at_once_send_each_letter_once(mail_server: SmtpRecorder) -> None:
    """A letter is held by one of them at a time."""
    letters = [await owe() for _ in range(8)]

    tried = await asyncio.gather(*(deliver_letters(now=utc_now()) for _ in range(3)))

    assert sum(tried) == len(letters)
    assert copies(mail_server) == {f"<{letter.id}@localhost>": 1 for letter in letters}


async def test_a_slow_server_does_not_make_two_deliverers_send_a_letter_twice(
    mail_server: SmtpRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A letter is not sent when the time for which it is held could run out meanwhile."""
    letters = [await owe() for _ in range(10)]
    slow_down(monkeypatch, by=0.3)
    monkeypatch.setattr(tasks.sending.sender, "LEASE", timedelta(seconds=6))
    monkeypatch.setattr(tasks.sending.sender, "SEND_WITHIN", timedelta(seconds=3))
    monkeypatch.setattr(tasks.sending.post, "SEND_WITHIN", timedelta(seconds=3))

    await asyncio.gather(until_all_sent(), until_all_sent())

    assert copies(mail_server) == {f"<{letter.id}@localhost>": 1 for letter in letters}
    assert {(await now_of(letter)).attempts for letter in letters} == {1}


async def test_a_server_that_dribbles_does_not_hold_a_letter_for_ever(
    mail_server: SmtpRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every reply comes within its time, and all of them together do not."""
    letter = await owe()
    slow_down(monkeypatch, by=0.2)
    monkeypatch.setattr(tasks.sending.post, "SEND_WITHIN", timedelta(seconds=0.5))

    await deliver_letters(now=utc_now())

    assert (await now_of(letter)).server_reply == "the mail server is too slow"
    assert (await now_of(letter)).status == LetterStatus.QUEUED


async def until_all_sent() -> None:
    """Deliver, as a worker does, until nothing is queued."""
    patience = Patience(30)
    while await queued():
        assert not patience.is_at_its_end, "letters are left"
        if not await deliver_letters(now=utc_now()):
            await asyncio.sleep(0.05)


async def queued() -> bool:
    """Whether a letter is still to be sent."""
    async with transaction() as session:
        query = select(Letter.id).where(col(Letter.status) == LetterStatus.QUEUED).limit(1)
        return (await session.exec(query)).first() is not None


def slow_down(monkeypatch: pytest.MonkeyPatch, *, by: float) -> None:
    """Make the server think for so many seconds before each reply."""
    say = support.smtp._Session._say

    async def say_slowly(session: support.smtp._Session, reply: str) -> None:
        await asyncio.sleep(by)
        await say(session, reply)

    monkeypatch.setattr(support.smtp._Session, "_say", say_slowly)


async def test_the_attempt_of_a_dead_deliverer_is_repeated_when_its_hold_runs_out(
    mail_server: SmtpRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed with the letter in its hands: not before the hold ends, then once."""
    letter = await owe()
    now = utc_now()
    in_hand = asyncio.Event()

    async def hang(*_: object, **__: object) -> None:
        in_hand.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(tasks.sending.post, "deliver", hang)
        dying = asyncio.create_task(deliver_letters(now=now))
        await in_hand.wait()
        dying.cancel()
        await asyncio.wait({dying})

    held = await deliver_letters(now=now + timedelta(days=1))
    await let_the_lease_end(letter)
    freed = await deliver_letters(now=utc_now())

    assert (held, freed) == (0, 1)
    assert copies(mail_server) == {f"<{letter.id}@localhost>": 1}


async def let_the_lease_end(letter: Letter) -> None:
    """As if so long had passed by the database's clock."""
    async with transaction() as session:
        row = await session.get_one(Letter, letter.id)
        assert row.leased_until is not None
        row.leased_until -= tasks.sending.sender.LEASE + timedelta(seconds=1)


async def test_the_letters_of_one_request_do_not_wait_for_those_of_others(
    mail_server: SmtpRecorder,
) -> None:
    """A run sends what its own request owes."""
    first, second = await owe(), await owe()

    await deliver_letters(now=utc_now(), request_id=second.request_id)

    assert (await now_of(first)).status == LetterStatus.QUEUED
    assert (await now_of(second)).status == LetterStatus.SENT
