"""Who may be the same person, beside the one who registers."""

import pytest
from sqlmodel import col, select

from desk.cases.alike import Alike
from models.access_log import AccessLine
from models.database import transaction
from models.practitioners import find_practitioner
from models.requests import find_request
from rules.register.fields import Field
from support.cards import give_card
from support.looking import looked_at
from support.newcomers import (
    FROM_NOURA,
    LAYLA,
    TODAY,
    known_officially,
    registration,
    registration_at_gate,
)
from support.people import NOURA, register_people
from support.requests import request_at_gate
from support.signed_in import mumaris_as


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    """Noura on the register, with a card in order; Layla in the official one alone."""
    await register_people()
    await known_officially()
    await give_card(NOURA["registration_number"], expires_on=TODAY.replace(year=TODAY.year + 1))


async def alike(code: str) -> tuple[Alike, ...]:
    """Whom somebody of the house is shown beside it."""
    return (await looked_at(code)).alike


async def test_whoever_has_the_identity_number_is_shown_as_they_are_on_file() -> None:
    """Every field of both, so that the officer sees what differs."""
    code = await registration_at_gate(registration(profile=FROM_NOURA))

    [found] = await alike(code)

    assert (found.registration_number, found.tracking_code) == ("20104567", None)
    assert found.values[Field.EMPLOYER] == NOURA["employer"]
    assert found.values[Field.IDENTITY_NUMBER] == NOURA["identity_number"]


async def test_whoever_asks_under_another_number_is_shown_as_they_ask() -> None:
    """A residence card that became a national number makes no second person."""
    first = await registration_at_gate()
    other = {"identity_number": "1000000016", "employer": "Another hospital"}
    await known_officially(LAYLA | other)
    second = await registration_at_gate(registration(profile=other, idempotency_key="second-one"))

    [found] = await alike(second)

    assert (found.registration_number, found.tracking_code) == (None, first)
    assert found.values[Field.EMPLOYER] == "Eastern Hospital"


async def test_each_of_them_was_looked_at_and_a_line_says_so() -> None:
    """Their data are read through somebody else's case."""
    code = await registration_at_gate(registration(profile=FROM_NOURA))
    await alike(code)

    async with transaction() as session:
        noura = await find_practitioner(session, NOURA["registration_number"])
        lines = (
            await session.exec(
                select(AccessLine.what, AccessLine.request_id).where(
                    col(AccessLine.practitioner_id) == noura.id
                )
            )
        ).all()
        request = await find_request(session, code)

    assert lines == [("case", None)]
    assert request.practitioner_id is None


async def test_a_case_without_such_a_doubt_shows_nobody() -> None:
    """Neither a registration of somebody new, nor another kind."""
    assert await alike(await registration_at_gate()) == ()
    assert await alike(await request_at_gate()) == ()


async def test_the_command_shows_them_in_columns() -> None:
    """As the page does."""
    code = await registration_at_gate(registration(profile=FROM_NOURA))

    shown = (await mumaris_as("amal", "review", "show", code)).stdout

    assert "May be the same person" in shown
    assert "20104567" in shown
