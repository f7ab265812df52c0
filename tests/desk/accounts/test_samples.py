"""Accounts of invented people."""

import pytest

from desk.accounts.samples import give_password
from desk.accounts.signing_in import Browser, NotSignedIn, sign_in
from models.practitioners import PractitionerUnknown
from support.accounts import Member, network, on_register
from support.requests import NOW

PASSWORD = "kelp-otter-cedar-plum"
ANOTHER = "plum-cedar-otter-kelp"


async def can_sign_in(name: str, password: str) -> bool:
    try:
        await sign_in(name, password, Browser(network=network()), now=NOW)
    except NotSignedIn:
        return False
    return True


async def given(password: str, *members: Member) -> None:
    numbers = [member.registration_number for member in members]
    await give_password(numbers, password, now=NOW)


@pytest.mark.usefixtures("database")
async def test_everybody_signs_in_with_it() -> None:
    """By address and by number; no e-mail tells of it, and what is kept is a hash."""
    one, other = await on_register(), await on_register()

    await given(PASSWORD, one, other)

    assert await can_sign_in(one.email, PASSWORD)
    assert await can_sign_in(other.identity_number, PASSWORD)
    assert await one.letters() == []
    account = await one.account()
    assert account is not None
    assert str(account.password_hash).startswith("$argon2id$")


@pytest.mark.usefixtures("database")
async def test_given_again_the_new_one_holds() -> None:
    """And the one before opens nothing."""
    member = await on_register()
    await given(PASSWORD, member)

    await given(ANOTHER, member)

    assert await can_sign_in(member.email, ANOTHER)
    assert not await can_sign_in(member.email, PASSWORD)


@pytest.mark.usefixtures("database")
async def test_nobody_gets_it_where_one_is_not_on_the_register() -> None:
    """All of them, or none."""
    member = await on_register()

    with pytest.raises(PractitionerUnknown):
        await give_password([member.registration_number, "99999999"], PASSWORD, now=NOW)

    assert not await can_sign_in(member.email, PASSWORD)
