"""`mumaris review assign`, on a real database."""

import json

import pytest

from rules.accounts.kinds import Role
from support.people import RAHUL, employer_letter, specialty_change
from support.requests import NOW, request_at_gate
from support.signed_in import mumaris_as

pytestmark = pytest.mark.usefixtures("people")
WORDS = ("--officer", "basim", "--reason", "Amal is ill")


async def of_rahul() -> str:
    """Another request at the gate."""
    letter = employer_letter(NOW.date())
    return await request_at_gate(
        specialty_change(
            NOW.date(),
            registration_number=RAHUL["registration_number"],
            idempotency_key="rahul-specialty",
            documents=[letter, letter | {"kind": "residence_card", "expires_on": "2028-01-01"}],
        )
    )


async def test_several_are_given_and_each_says_what_came_of_it() -> None:
    """It exits with 1 where one was refused; the case says by whom it was given, and why."""
    first, second = await request_at_gate(), await of_rahul()
    await mumaris_as("amal", "request", "decide", second, "--approve")
    words = ("review", "assign", first, second, *WORDS)

    given = await mumaris_as("rahul", *words, roles=[Role.SUPERVISOR])
    told = await mumaris_as("rahul", *words, "--json")
    case = await mumaris_as("basim", "review", "show", first)
    programs = json.loads((await mumaris_as("basim", "review", "show", first, "--json")).stdout)

    assert (given.exit_code, told.exit_code) == (1, 1)
    assert given.stdout == f"{first}: assigned\n"
    assert given.stderr.startswith(f"{second}: request {second} is not at the review gate")
    assert [(one["assigned"], one["code"]) for one in json.loads(told.stdout)] == [
        (True, None),
        (False, "review_already_decided"),
    ]
    assert "Amal is ill" in case.stdout
    assert [(one["officer"], one["by"]) for one in programs["given"]] == [("basim", "rahul")]


async def test_nobody_but_supervisors_gives() -> None:
    """The officer who asks is told so."""
    code = await request_at_gate()

    refused = await mumaris_as("amal", "review", "assign", code, *WORDS)

    assert refused.exit_code == 1
    assert "assigned" not in refused.stdout
