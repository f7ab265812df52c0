"""`mumaris card reissue` and `withdraw-code`, on a real database."""

import json

import pytest

from documents.keys import new_master_key
from rules.accounts.kinds import REVIEWING, Role
from support.card_codes import holder_with_code
from support.signed_in import mumaris_as

pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture(autouse=True)
def master_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation has a master key."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())


async def test_a_card_is_reissued_and_its_code_taken_back() -> None:
    """By the officer who is signed in; asked first, unless it is answered beforehand."""
    holder, _ = await holder_with_code()
    number = holder.registration_number

    reissued = await mumaris_as("amal", "card", "reissue", number, "--yes", "--json")
    unasked = await mumaris_as("amal", "card", "reissue", number)
    withdrawn = await mumaris_as("amal", "card", "withdraw-code", number, "--yes")
    again = await mumaris_as("amal", "card", "withdraw-code", number, "--yes")

    assert json.loads(reissued.stdout) == {"code_number": 2}
    assert "taken back" in withdrawn.stdout
    assert (unasked.exit_code, again.exit_code) == (2, 3)


@pytest.mark.parametrize("role", Role)
async def test_who_may(role: Role) -> None:
    """Those who decide requests."""
    holder, _ = await holder_with_code()
    number = holder.registration_number

    done = await mumaris_as("rahul", "card", "reissue", number, "--yes", roles=[role])

    assert done.exit_code == (0 if role in REVIEWING else 1)


async def test_what_is_no_number_is_told_so() -> None:
    """With what is wrong with it."""
    refused = await mumaris_as("amal", "card", "reissue", "no", "--yes")

    assert refused.exit_code == 1
    assert "registration_number" in refused.stderr
