"""Confirming a profile by a letter's link, while somebody else writes the same row."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.reminders.confirming import confirm, look
from desk.reminders.links import ReminderLinkState
from models.database import transaction
from models.practitioners import Practitioner
from models.statements import execute
from support.reminding import SUNDAY, Asked, Runs, asked_to_confirm, noon
from support.smtp import SmtpRecorder

NOW = noon(SUNDAY + timedelta(days=1))
_WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


@pytest.fixture
async def asked(database: str) -> AsyncIterator[Asked]:
    """Somebody who has the letter."""
    async with SmtpRecorder() as smtp:
        yield await asked_to_confirm(Runs(smtp))


async def somebody_waits(session: AsyncSession) -> None:
    """Return once a statement waits for another's lock."""
    while True:
        if (await execute(session, _WAITING)).scalar_one():
            return
        await asyncio.sleep(0.02)


async def test_a_press_while_the_register_is_loaded_confirms_neither_old_nor_new(
    asked: Asked,
) -> None:
    """It waits for the row, and then sees what came into it."""
    shown = await look(asked.token, now=NOW)

    async with transaction() as session:
        row = await session.get_one(
            Practitioner, asked.person.practitioner_id, with_for_update=True
        )
        row.employer = "King Fahad Hospital"
        await session.flush()
        pressing = asyncio.create_task(confirm(asked.token, seen=shown.seen, now=NOW))
        await somebody_waits(session)
    view = await pressing

    assert view.state is ReminderLinkState.USABLE
    assert view.profile is not None
    assert view.profile.employer == "King Fahad Hospital"
    assert await asked.person.confirmations() == []


async def test_ten_presses_at_once_are_one_confirmation(asked: Asked) -> None:
    """Each is told that it is done, at the same instant."""
    shown = await look(asked.token, now=NOW)

    views = await asyncio.gather(
        *(
            confirm(asked.token, seen=shown.seen, now=NOW + timedelta(seconds=second))
            for second in range(10)
        )
    )

    (kept,) = await asked.person.confirmations()
    assert {(view.state, view.confirmed_at) for view in views} == {
        (ReminderLinkState.DONE, kept.confirmed_at)
    }


@pytest.mark.parametrize("seen", ["", "نعم", "x" * 10_000, "\x00"])
async def test_what_stands_for_no_page_confirms_nothing(asked: Asked, seen: str) -> None:
    """Whatever somebody sends."""
    view = await confirm(asked.token, seen=seen, now=NOW)

    assert view.state is ReminderLinkState.USABLE
    assert await asked.person.confirmations() == []


async def test_a_change_of_what_the_page_does_not_show_needs_its_version_to_be_noticed(
    asked: Asked,
) -> None:
    """What stands for the page holds no hidden data: they could be guessed from it."""
    before = await look(asked.token, now=NOW)
    await asked.person.change_profile(identity_number="1000000008", address="1 Elsewhere")
    hidden = await look(asked.token, now=NOW)
    await asked.person.change_profile(version=2)
    counted = await look(asked.token, now=NOW)

    assert before.seen == hidden.seen
    assert before.seen != counted.seen


async def test_a_confirmation_that_an_operator_took_back_can_be_given_again(asked: Asked) -> None:
    """By the same letter; both are kept."""
    first = await look(asked.token, now=NOW)
    await confirm(asked.token, seen=first.seen, now=NOW)
    await asked.person.change_profile(confirmed_at=None)

    later = NOW + timedelta(hours=1)
    again = await confirm(asked.token, seen=first.seen, now=later)

    assert again.state is ReminderLinkState.DONE
    assert [each.confirmed_at for each in await asked.person.confirmations()] == [NOW, later]


async def test_an_old_mailbox_learns_nothing_of_who_has_left_it(asked: Asked) -> None:
    """Not even whether, and when, the profile was confirmed since."""
    await asked.person.change_profile(email="new@example.com", confirmed_at=NOW)

    view = await look(asked.token, now=NOW)

    assert (view.state, view.confirmed_at) == (ReminderLinkState.UNKNOWN, None)
