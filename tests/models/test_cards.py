"""The tables themselves keep a card from being shortened or renewed twice."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from models.cards import Card, CardMoved, CardPeriod, find_card, renew
from models.constraints import AlreadyTaken
from models.database import transaction
from models.practitioners import find_practitioner
from support.cards import card_of, give_card
from support.people import NOURA, register_people
from support.requests import NOW

EXPIRY = NOW.date()
DAY = timedelta(days=1)
NUMBER = NOURA["registration_number"]


@pytest.fixture(autouse=True)
async def card(database: str) -> None:
    await register_people()
    await give_card(NUMBER, expires_on=EXPIRY)


async def add_period(**facts: Any) -> None:
    """Write a period past every function of ours."""
    async with transaction() as session:
        card = await find_card(session, (await find_practitioner(session, NUMBER)).id)
        period = {
            "card_id": card.id,
            "valid_from": EXPIRY + DAY,
            "expires_on": EXPIRY + 30 * DAY,
            "follows": EXPIRY,
            "made_by": "extended",
            "recorded_at": NOW,
        }
        session.add(CardPeriod(**period | facts))


async def test_a_card_cannot_be_shortened_by_any_statement() -> None:
    """Not even by hand."""
    with pytest.raises(IntegrityError, match="a_card_is_never_shortened"):
        async with transaction() as session:
            await session.exec(update(Card).values(expires_on=EXPIRY - DAY))


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"valid_from": EXPIRY}, "periods_do_not_overlap"),
        ({"expires_on": EXPIRY}, "a_period_begins_before_it_ends"),
        ({"made_by": "renewed"}, "a_renewal_has_its_request"),
        ({"follows": None}, "only_the_first_follows_nothing"),
        ({"made_by": "loaded"}, "only_the_first_follows_nothing"),
    ],
)
async def test_a_period_that_cannot_be_is_refused(facts: dict[str, Any], constraint: str) -> None:
    """By the constraint that is named for the fact."""
    with pytest.raises(IntegrityError, match=constraint):
        await add_period(**facts)


async def test_an_expiry_is_followed_once() -> None:
    """So a period is renewed once, whoever tries again."""
    await add_period()

    with pytest.raises(IntegrityError, match="an_expiry_is_followed_once"):
        await add_period(valid_from=EXPIRY + 5 * DAY)


async def test_a_card_that_moved_meanwhile_is_not_renewed() -> None:
    """The guard is in the statement, not in what was read before it."""
    stale = await card_of(NUMBER)
    async with transaction() as session:
        await session.exec(update(Card).values(expires_on=EXPIRY + DAY))

    with pytest.raises(CardMoved):
        async with transaction() as session:
            await renew(
                session,
                stale,
                valid_from=EXPIRY + DAY,
                expires_on=EXPIRY + 30 * DAY,
                request_id=uuid4(),
                now=NOW,
            )


async def test_two_cards_of_one_person_cannot_be() -> None:
    """The card is found by the registration number."""
    with pytest.raises(AlreadyTaken) as refused:
        await give_card(NUMBER, expires_on=EXPIRY, hours=0)

    assert refused.value.field == "registration_number"
