"""Several links of one account, used in the same moment."""

import asyncio

import pytest
from sqlmodel import col, select

from desk.accounts.asking import ask_for_first_sign_in
from desk.accounts.passwords import LinkNotUsable, set_by_link
from desk.accounts.signing_in import Browser, Tokens
from models.accounts.links import AccountLink, AccountLinkToken
from models.database import transaction
from models.links import mint_into
from rules.accounts.kinds import LinkUse
from support.accounts import PASSWORD, Member, network, on_register
from support.requests import NOW


async def links(member: Member, count: int) -> list[str]:
    """So many usable links, each with a token."""
    for _ in range(count):
        await ask_for_first_sign_in(
            member.registration_number, member.identity_number, network(), now=NOW
        )
    account = await member.account()
    assert account is not None
    async with transaction() as session:
        query = select(AccountLink).where(col(AccountLink.account_id) == account.id)
        found = [link.id for link in (await session.exec(query)).all()]
        return list((await mint_into(session, AccountLinkToken, found, now=NOW)).values())


async def use(token: str) -> object:
    return await set_by_link(
        token, LinkUse.FIRST_SIGN_IN, PASSWORD, "", Browser(network=network()), now=NOW
    )


@pytest.mark.usefixtures("database")
async def test_of_several_links_used_at_once_one_sets_the_password() -> None:
    """The others are told that they are over; nobody waits for anybody in a circle."""
    for _ in range(5):
        member = await on_register()
        tokens = await links(member, 3)

        answers = await asyncio.gather(*map(use, tokens), return_exceptions=True)

        kinds = sorted(type(answer).__name__ for answer in answers)
        assert kinds == sorted([Tokens.__name__, LinkNotUsable.__name__, LinkNotUsable.__name__])
        account = await member.account()
        assert account is not None
        assert account.version == 1
