"""A card's code: given once, replaced, taken back."""

import asyncio

import pytest
from sqlmodel import select

from desk.documents.keys import rewrap_all
from desk.register.card_checks import CheckedState, check_card
from desk.register.card_codes import (
    CardCodeWithdrawn,
    make_sure_of_code,
    open_code,
    reissue_code,
    withdraw_code,
)
from documents.keys import new_master_key
from models.access_log import Looked
from models.card_codes import CardCode, CardCodeUnknown
from models.database import transaction
from models.officers import OfficerUnknown
from models.practitioners import PractitionerUnknown
from rules.values.card_code import CODE_BYTES
from support.at_the_desk import looks
from support.card_codes import TODAY, code_of, holder_with_code
from support.cards import card_of, register_holder
from support.people import register_people
from support.requests import NOW

KEY = new_master_key()


@pytest.fixture(autouse=True)
async def people(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Officers, and a master key."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", KEY)
    await register_people()


async def codes() -> list[CardCode]:
    async with transaction() as session:
        return list((await session.exec(select(CardCode).order_by(CardCode.number))).all())


async def state(code: str) -> CheckedState:
    return (await check_card(code, now=NOW)).state


async def test_a_code_is_given_once_and_opened_again() -> None:
    """The same card is printed with the same code."""
    holder, code = await holder_with_code()

    assert await code_of(holder.registration_number) == code
    assert len(await codes()) == 1


async def test_no_row_holds_the_code_itself() -> None:
    """Its hash, and the code sealed: another installation's key opens nothing."""
    _, code = await holder_with_code()
    [row] = await codes()

    assert all(code not in str(value) for value in row.model_dump().values())
    assert len(row.code_hash) == 64


async def test_of_two_first_prints_at_once_one_code_is_kept() -> None:
    """Both open the same one."""
    holder = await register_holder(expires_on=TODAY)

    opened = await asyncio.gather(*(code_of(holder.registration_number) for _ in range(5)))

    assert len(set(opened)) == 1
    assert len(await codes()) == 1


async def test_a_card_that_is_reissued_has_another_code_and_the_old_one_says_so() -> None:
    """With a line of the access log that names the officer."""
    holder, old = await holder_with_code()

    number = await reissue_code(holder.registration_number, officer="amal", now=NOW)
    new = await code_of(holder.registration_number)

    assert number == 2
    assert await state(old) is CheckedState.REPLACED
    assert await state(new) is CheckedState.VALID
    assert [line.viewer for line in await looks(Looked.CARD)] == ["amal"]


async def test_two_who_reissue_at_once_leave_one_code() -> None:
    """The second replaces the first one's."""
    holder, _ = await holder_with_code()

    made = await asyncio.gather(
        *(reissue_code(holder.registration_number, officer="amal", now=NOW) for _ in range(4))
    )

    assert sorted(made) == [2, 3, 4, 5]
    assert [row.number for row in await codes() if row.ended_at is None] == [5]


async def test_a_code_that_was_taken_back_is_not_printed_until_the_card_is_reissued() -> None:
    """And says nothing of the card."""
    holder, code = await holder_with_code()
    card = await card_of(holder.registration_number)

    await withdraw_code(holder.registration_number, officer="amal", now=NOW)

    assert await state(code) is CheckedState.WITHDRAWN
    with pytest.raises(CardCodeWithdrawn):
        await make_sure_of_code(card.practitioner_id, now=NOW)
    with pytest.raises(CardCodeWithdrawn):
        async with transaction() as session:
            await open_code(session, card.id)
    with pytest.raises(CardCodeUnknown):
        await withdraw_code(holder.registration_number, officer="amal", now=NOW)
    await reissue_code(holder.registration_number, officer="amal", now=NOW)
    assert await state(await code_of(holder.registration_number)) is CheckedState.VALID


async def test_nothing_is_done_for_nobody_and_by_nobody() -> None:
    """Both are refused by name."""
    holder, code = await holder_with_code()

    with pytest.raises(PractitionerUnknown):
        await reissue_code("20-999999", officer="amal", now=NOW)
    with pytest.raises(OfficerUnknown):
        await reissue_code(holder.registration_number, officer="nobody", now=NOW)
    assert await state(code) is CheckedState.VALID


async def test_a_code_outlives_the_master_key_that_sealed_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A rotation seals codes anew, and what was printed stays right."""
    holder, code = await holder_with_code()
    new = new_master_key()
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", f"{new}\n{KEY}")

    done, damaged = await rewrap_all()
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new)

    assert (done, damaged) == (1, 0)
    assert await code_of(holder.registration_number) == code
    assert CODE_BYTES == 16
