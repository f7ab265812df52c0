"""Sending reminders over SMTP that fails."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, update

from models.database import transaction
from models.practitioners import Practitioner
from models.reminders.suppressions import suppression_of
from support.reminding import SUNDAY, OnFile, Runs, card_on_file, noon, statuses
from support.sending import due_cards
from support.smtp import At, SmtpRecorder


@pytest.fixture
async def runs(database: str) -> AsyncIterator[Runs]:
    """Runs with a mail server of their own."""
    async with SmtpRecorder(extensions=("8BITMIME", "SMTPUTF8", "PIPELINING")) as smtp:
        yield Runs(smtp)


async def test_a_mail_server_that_is_down_loses_nothing(runs: Runs) -> None:
    """The letters wait, and leave when it is back; each once."""
    await due_cards(25)
    await runs.plan(SUNDAY)
    await runs.smtp.stop()

    down = await runs.send(SUNDAY)
    await runs.smtp.start()
    back = await runs.send(SUNDAY, at=noon(SUNDAY) + timedelta(hours=1))

    assert down["sent"] == 0
    assert back["sent"] == 25
    assert await statuses() == {"sent": 25}


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA"])
async def test_a_421_before_a_letter_costs_it_nothing(runs: Runs, at: At) -> None:
    """A server that ends each connection after three letters: a new one each time, in one run."""
    runs.policy = replace(runs.policy, connections=1)
    await due_cards(12)
    await runs.plan(SUNDAY)
    runs.smtp.ends_after(3, at)

    sent = await runs.send(SUNDAY)

    assert sent["sent"] == 12
    assert len({letter["Message-ID"] for letter in runs.letters()}) == 12


async def test_a_connection_that_drops_in_the_content_costs_no_other_letter(runs: Runs) -> None:
    """Not accepted, so sent again; the same Message-ID."""
    await due_cards(6)
    await runs.plan(SUNDAY)
    runs.smtp.will("MIDDLE")

    await runs.send(SUNDAY)
    await runs.send(SUNDAY, at=noon(SUNDAY) + timedelta(minutes=2))

    assert len(runs.smtp.accepted) == 6
    assert await statuses() == {"sent": 6}


@pytest.mark.parametrize(
    "poison",
    [
        {"email": "two@example.com,three@example.com"},
        {"email": "line\r\nBcc: other@example.com"},
        {"first_name_ar": "a\r\nBcc: other@example.com"},
        {"preferred_language": "xx"},
        {
            "first_name_ar": "",
            "father_name_ar": "",
            "grandfather_name_ar": "",
            "family_name_ar": "",
        },
    ],
    ids=["two addresses", "line break in address", "line break in name", "language", "no name"],
)
async def test_one_poison_letter_stops_no_other(runs: Runs, poison: dict[str, str]) -> None:
    """It is kept with its reason, or tried again; the others arrive."""
    cards = await due_cards(5)
    async with transaction() as session:
        await session.exec(
            update(Practitioner)
            .where(col(Practitioner.id) == cards[2].practitioner_id)
            .values(**poison)
        )

    await runs.run(SUNDAY)

    (row,) = await cards[2].reminders()
    assert len(runs.smtp.accepted) == 4
    assert row.status in {"failed", "queued"}
    assert row.server_reply is not None
    assert row.server_reply.removeprefix("cannot be composed: ") in {
        "AddressMalformed",
        "HeaderUnsafe",
        "FactMissing",
        "ValueError",
    }


async def test_a_mailbox_that_does_not_exist_gets_no_more_reminders(runs: Runs) -> None:
    """With the server's reply, which names nobody."""
    card = await card_on_file(SUNDAY + timedelta(days=14))
    runs.smtp.will("RCPT", f"550 5.1.1 <{card.email}>: no such user")

    await runs.run(SUNDAY)
    later = await runs.run(SUNDAY + timedelta(days=7))

    async with transaction() as session:
        found = await suppression_of(session, card.email)
    assert found is not None
    assert (found.why, found.server_reply) == ("bounced", "550 5.1.1 (address): no such user")
    assert later == []
    assert [row.reason for row in await card.reminders()] == ["refused", "suppressed"]


@pytest.mark.parametrize(
    "reply",
    [
        "554 5.7.1 relay denied",
        "550 5.7.26 unauthenticated sender",
        "550 Connection frequency limited",
    ],
)
async def test_a_refusal_of_us_costs_nobody_a_reminder(runs: Runs, reply: str) -> None:
    """Thirty people while the relay is set up wrongly: all are written to in the next run."""
    cards = await due_cards(30)
    runs.smtp.will("RCPT", reply, times=100)

    await runs.run(SUNDAY)
    silenced = [card for card in cards if await is_suppressed(card)]
    runs.smtp.heal()
    mended = await runs.run(SUNDAY)

    assert silenced == []
    assert len(mended) == 30
    assert await statuses() == {"sent": 30}


async def test_a_plain_550_is_held_and_silences_nobody_until_it_repeats_over_days(
    runs: Runs,
) -> None:
    """It may mean anything. Refused again after as many days as policy says, it means one thing."""
    card = await card_on_file(SUNDAY + timedelta(days=14))
    runs.smtp.will("RCPT", "550 no", times=3)

    await runs.run(SUNDAY)
    await runs.send(SUNDAY, at=noon(SUNDAY) + timedelta(hours=2))
    held, silenced = await statuses(), await is_suppressed(card)
    await runs.run(SUNDAY + timedelta(days=7))

    assert (held, silenced) == ({"queued": 1}, False)
    assert await is_suppressed(card)


async def test_a_mailbox_that_takes_a_letter_is_in_doubt_no_more(runs: Runs) -> None:
    """What was refused in between begins anew."""
    card = await card_on_file(SUNDAY + timedelta(days=14))
    runs.smtp.will("RCPT", "550 no")
    await runs.run(SUNDAY)
    await runs.send(SUNDAY, at=noon(SUNDAY) + timedelta(hours=2))

    runs.smtp.will("RCPT", "550 no")
    await runs.run(SUNDAY + timedelta(days=7))

    assert not await is_suppressed(card)


async def is_suppressed(card: OnFile) -> bool:
    """Whether the card's holder gets no more reminders."""
    async with transaction() as session:
        return await suppression_of(session, card.email) is not None


async def test_two_runs_at_once_send_nothing_twice(runs: Runs) -> None:
    """Planned together and sent together."""
    await due_cards(40)

    await asyncio.gather(runs.run(SUNDAY), runs.run(SUNDAY), runs.run(SUNDAY))

    assert len(runs.smtp.accepted) == 40
    assert len({letter["Message-ID"] for letter in runs.letters()}) == 40


async def test_an_expiry_that_moves_between_planning_and_sending_sends_nothing(
    runs: Runs,
) -> None:
    """The renewal came first."""
    card = await card_on_file(SUNDAY + timedelta(days=14))
    await runs.plan(SUNDAY)
    await card.change(expires_on=SUNDAY + timedelta(days=744))

    await runs.send(SUNDAY)

    assert runs.smtp.accepted == []
    assert [row.reason for row in await card.reminders()] == ["renewed"]


async def test_a_letter_that_waited_too_long_gives_way_to_the_next(runs: Runs) -> None:
    """Two weeks without a mail server: the holder gets the present threshold only."""
    card = await card_on_file(SUNDAY + timedelta(days=14))
    await runs.plan(SUNDAY)

    letters = await runs.run(SUNDAY + timedelta(days=7))

    assert len(letters) == 1
    assert [(row.threshold, row.status, row.reason) for row in await card.reminders()] == [
        (14, "skipped", "too_late"),
        (7, "sent", None),
    ]


async def test_letters_whose_turn_is_later_are_waited_for(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow pace and short holds: given back, held again, and all sent by one run."""
    monkeypatch.setattr("tasks.sending.sender.LEASE", timedelta(seconds=20.2))
    monkeypatch.setattr("tasks.reminders.delivery.GIVEN_BACK_FOR", timedelta(0))
    runs.policy = replace(runs.policy, letters_per_second_per_domain=20)
    await due_cards(12)
    await runs.plan(SUNDAY)

    sent = await runs.send(SUNDAY)

    assert sent["sent"] == 12
    assert len(runs.smtp.accepted) == 12
