"""What is said of a card to whoever holds its code."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, update

from desk.looks import Looker
from desk.register.card_checks import CheckedState, check_card, check_cards
from desk.register.cards import extend_cards
from documents.keys import new_master_key
from models.access_log import Looked, Viewer
from models.cards import Card
from models.database import transaction
from support.at_the_desk import looks
from support.card_codes import TODAY, YEAR, holder_with_code
from support.people import register_people
from support.requests import NOW

MACHINE = Looker.machine("king-salman")


@pytest.fixture(autouse=True)
async def people(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Officers, and a master key."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    await register_people()


async def take_away(status: str) -> None:
    async with transaction() as session:
        await session.exec(update(Card).values(status=status).where(col(Card.id).is_not(None)))


async def test_a_valid_card_says_until_when_and_whose() -> None:
    """What is printed on it, and neither number nor address."""
    holder, code = await holder_with_code()

    checked = await check_card(code, now=NOW)

    assert (checked.state, checked.valid_until) == (CheckedState.VALID, TODAY + YEAR)
    assert checked.name_en
    assert checked.specialty
    assert holder.registration_number not in str(vars(checked))


async def test_a_card_that_ran_out_says_since_when_and_nothing_more() -> None:
    """On its last day it is valid."""
    _, code = await holder_with_code(expires_on=TODAY)

    last = await check_card(code, now=NOW)
    after = await check_card(code, now=NOW + timedelta(days=1))

    assert last.state is CheckedState.VALID
    assert after.state is CheckedState.NOT_VALID
    assert after.not_valid_since == TODAY + timedelta(days=1)
    assert (after.name_ar, after.name_en, after.rank, after.valid_until) == (None,) * 4


@pytest.mark.parametrize("status", ["suspended", "revoked"])
async def test_what_the_authority_took_away_is_told_alike(status: str) -> None:
    """A stranger is not told which."""
    _, code = await holder_with_code()
    await take_away(status)

    checked = await check_card(code, now=NOW)

    assert checked.state is CheckedState.NOT_VALID
    assert (checked.not_valid_since, checked.name_en) == (None, None)


@pytest.mark.parametrize("typed", ["x" * 22, "", "../../health", "\x00", "20-150001", "😀" * 22])
async def test_no_other_text_is_a_code(typed: str) -> None:
    """What has no form is as unknown as what nobody has, and leaves no line."""
    await holder_with_code()

    assert (await check_card(typed, now=NOW)).state is CheckedState.UNKNOWN
    assert await looks(Looked.CARD_CHECK) == []


async def test_what_is_printed_follows_the_card() -> None:
    """The same code says the new last day."""
    _, code = await holder_with_code(expires_on=TODAY)
    to = TODAY + YEAR
    await extend_cards(first=TODAY, last=TODAY, to=to, actor="amal", now=NOW)

    assert (await check_card(code, now=NOW)).valid_until == to


async def test_looks_within_a_minute_are_one_line() -> None:
    """Nobody who has the code can fill the log; and the next minute's look is a line."""
    _, code = await holder_with_code()

    await asyncio.gather(*(check_card(code, now=NOW) for _ in range(5)))
    await check_card(code, now=NOW + timedelta(seconds=59))
    await check_card(code, now=NOW + timedelta(seconds=60))

    lines = await looks(Looked.CARD_CHECK)
    assert [(line.viewer_kind, line.viewer) for line in lines] == [(Viewer.PUBLIC, None)] * 2
    assert all(line.practitioner_id for line in lines)


async def test_many_are_answered_in_their_order_with_a_line_for_each_person() -> None:
    """Also twice the same, and codes that nobody has."""
    _, first = await holder_with_code()
    _, second = await holder_with_code(expires_on=TODAY - timedelta(days=1))

    checked = await check_cards(
        [second, "x" * 22, first, f"https://portal.example/c/{first}"],
        by=MACHINE,
        why="check_cards",
        now=NOW,
    )

    assert [one.state for one in checked] == ["not_valid", "unknown", "valid", "valid"]
    lines = await looks(Looked.CARD_CHECK)
    assert [(line.viewer, line.why) for line in lines] == [("king-salman", "check_cards")] * 2
    assert len({line.practitioner_id for line in lines}) == 2
