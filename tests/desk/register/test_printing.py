"""A card is handed out as it was at one moment."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.looks import Looker
from desk.register import printing
from desk.register.card_codes import CardCodeWithdrawn, withdraw_code
from desk.register.cards import extend_cards
from desk.register.printing import CardNotInForce, hand_out_card_of
from documents.keys import new_master_key
from models.access_log import Looked
from models.cards import CardUnknown, periods_of
from models.practitioners import PractitionerUnknown
from rules.findings.problems import ValueRefused
from support.at_the_desk import looks
from support.card_codes import TODAY, YEAR, code_of
from support.cards import give_card, periods, register_holder
from support.people import register_applicant, register_people
from support.requests import NOW

BY = Looker.operations("tests")


@pytest.fixture(autouse=True)
async def people(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Officers, and a master key."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    await register_people()


async def test_a_card_has_its_days_its_number_with_the_dash_and_its_address() -> None:
    """Printed again, it is the same; each time with a line of the access log."""
    holder = await register_holder(expires_on=TODAY + YEAR)
    number = holder.registration_number

    first = await hand_out_card_of(number, by=BY, now=NOW)
    again = await hand_out_card_of(number, by=BY, now=NOW)

    assert first == again
    assert first.number == f"{number[:2]}-{number[2:]}"
    assert (first.valid_until, first.as_of) == (TODAY + YEAR, TODAY)
    assert first.address.endswith(f"/c/{await code_of(number)}")
    assert [line.viewer for line in await looks(Looked.CARD_PRINT)] == ["tests", "tests"]
    assert number not in repr(first)


@pytest.mark.parametrize(
    ("expires_on", "status"),
    [(TODAY - timedelta(days=1), "active"), (TODAY, "suspended"), (TODAY, "revoked")],
)
async def test_a_card_that_is_not_valid_is_not_handed_out(expires_on: date, status: str) -> None:
    """And gets no code by that."""
    who = await register_applicant()
    await give_card(who.registration_number, expires_on=expires_on, status=status)

    with pytest.raises(CardNotInForce):
        await hand_out_card_of(who.registration_number, by=BY, now=NOW)

    assert await looks(Looked.CARD_PRINT) == []


async def test_who_has_no_card_or_no_code_is_told() -> None:
    """Each by its own name."""
    holder = await register_holder(expires_on=TODAY + YEAR)
    without = await register_applicant()
    await code_of(holder.registration_number)
    await withdraw_code(holder.registration_number, officer="amal", now=NOW)

    for number, refusal in (
        (holder.registration_number, CardCodeWithdrawn),
        (without.registration_number, CardUnknown),
        ("20-999999", PractitionerUnknown),
        ("no", ValueRefused),
    ):
        with pytest.raises(refusal):
            await hand_out_card_of(number, by=BY, now=NOW)


async def test_a_card_printed_while_its_period_changes_shows_one_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The periods are read; then somebody extends the card, and the rest is read as it was."""
    holder = await register_holder(expires_on=TODAY)
    await code_of(holder.registration_number)
    to, open_code = TODAY + YEAR, printing.open_code
    seen: list[int] = []

    async def extended_meanwhile(session: AsyncSession, card_id: UUID) -> str:
        await extend_cards(first=TODAY, last=TODAY, to=to, actor="amal", now=NOW)
        seen.append(len(await periods_of(session, card_id)))
        return await open_code(session, card_id)

    monkeypatch.setattr(printing, "open_code", extended_meanwhile)

    card = await hand_out_card_of(holder.registration_number, by=BY, now=NOW)

    assert (card.valid_until, seen) == (TODAY, [1])
    assert len(await periods(holder.registration_number)) == 2
