"""A transaction that only looks."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.cards import find_card
from models.connections import STEPS
from models.database import looking, transaction
from models.identity_claims import lock_identity
from models.practitioners import find_practitioner
from models.statements import execute
from support.cards import register_holder
from support.requests import NOW

pytestmark = pytest.mark.usefixtures("database")


async def test_it_can_write_nothing() -> None:
    """PostgreSQL refuses it, whoever forgot that nothing is to be changed."""
    holder = await register_holder(expires_on=NOW.date())

    with pytest.raises(DBAPIError) as refused:
        await _promote(holder.registration_number)

    assert "ReadOnlySqlTransaction" in str(refused.value)
    assert (await holder.on_file()).rank != "consultant"


async def test_it_sees_one_moment() -> None:
    """What is committed meanwhile is not half in it."""
    holder = await register_holder(expires_on=NOW.date())

    async with looking(STEPS) as session:
        practitioner = await find_practitioner(session, holder.registration_number)
        before = (await find_card(session, practitioner.id)).expires_on
        async with transaction() as other:
            card = await find_card(other, practitioner.id, lock=True)
            card.expires_on = before + timedelta(days=1)
        after = (await find_card(session, practitioner.id, lock=True)).expires_on

    assert after == before


async def test_it_takes_no_lock_that_others_wait_for() -> None:
    """Neither a row's nor an identity number's; who decides takes both."""
    holder = await register_holder(expires_on=NOW.date())

    async with looking(STEPS) as session, transaction() as other:
        practitioner = await find_practitioner(session, holder.registration_number)
        await find_card(session, practitioner.id, lock=True)
        await lock_identity(session, practitioner.identity_number)
        await execute(other, text("SET LOCAL lock_timeout = '2s'"))
        assert await find_card(other, practitioner.id, lock=True)
        await lock_identity(other, practitioner.identity_number)


async def _promote(number: str) -> None:
    async with looking(STEPS) as session:
        practitioner = await find_practitioner(session, number)
        practitioner.rank = "consultant"
