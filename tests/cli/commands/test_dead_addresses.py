"""`mumaris account`: a new address by two officers."""

import json

import pytest
from typer.testing import Result

from models.database import transaction
from models.practitioners import find_practitioner
from support.people import NOURA
from support.shell import mumaris
from support.signed_in import mumaris_as

pytestmark = pytest.mark.usefixtures("people")
NUMBER = NOURA["registration_number"]
NEW = "noura.new@example.com"


@pytest.fixture(autouse=True)
async def officers(people: None) -> None:
    for name in ("amal", "basim"):
        await mumaris("account", "make-officer", name, "--role", "officer")


async def recorded(typed: str = NEW) -> Result:
    seen = ("--seen", "passport")
    return await mumaris_as(
        "amal", "account", "record-address", NUMBER, *seen, stdin=typed.encode()
    )


async def confirmed(officer: str) -> Result:
    return await mumaris_as(officer, "account", "confirm-address", NUMBER, stdin=NEW.encode())


async def on_file() -> str:
    async with transaction() as session:
        return (await find_practitioner(session, NUMBER)).email


async def test_two_officers_put_an_address_on_file() -> None:
    """It is typed twice and printed never."""
    first = await recorded()
    listed = await mumaris("account", "addresses")
    second = await confirmed("basim")

    assert await on_file() == NEW
    assert (second.exit_code, second.stdout) == (0, "confirmed; both addresses get an e-mail\n")
    assert "20-104567" in listed.stdout.replace("2010-4567", "20-104567")
    assert all(NEW not in f"{each.stdout}{each.stderr}" for each in (first, listed, second))


async def test_what_is_no_address_is_refused_in_words() -> None:
    """Beside its code."""
    refused = await recorded("nonsense")

    assert refused.exit_code == 1
    assert "(email_form)" in refused.stderr


async def test_one_officer_alone_is_refused() -> None:
    """With the reason; and a change can be taken away."""
    await recorded()

    refused = await confirmed("amal")
    taken = await mumaris_as("amal", "account", "refuse-address", NUMBER, "--json")
    left = await mumaris("account", "addresses", "--json")

    assert refused.exit_code == 1
    assert "another officer" in refused.stderr
    assert json.loads(taken.stdout)["outcome"] == "refused"
    assert json.loads(left.stdout) == []
    assert await on_file() == NOURA["email"]
