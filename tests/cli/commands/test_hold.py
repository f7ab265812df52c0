"""`mumaris hold`, on a real database."""

import json

import pytest

from rules.accounts.kinds import Role
from support.people import NOURA
from support.signed_in import mumaris_as

pytestmark = pytest.mark.usefixtures("people")
PLACE = ("hold", "place", "--person", NOURA["registration_number"], "--reason", "Case 12")


async def test_a_hold_is_placed_listed_said_by_a_rehearsal_and_lifted() -> None:
    """By a supervisor."""
    placed = await mumaris_as("rahul", *PLACE, "--json", roles=[Role.SUPERVISOR])
    hold = json.loads(placed.stdout)["hold"]
    [listed] = json.loads((await mumaris_as("rahul", "hold", "list", "--json")).stdout)
    rehearsal = await mumaris_as("rahul", "retention", "rehearse")
    lifted = await mumaris_as("rahul", "hold", "lift", hold)
    again = await mumaris_as("rahul", "hold", "lift", hold)

    assert (listed["hold"], listed["reason"]) == (hold, "Case 12")
    assert listed["person"] == NOURA["registration_number"]
    assert "1 holds stand" in rehearsal.stdout
    assert (lifted.exit_code, again.exit_code) == (0, 3)


async def test_a_hold_is_on_one_thing() -> None:
    """A person or a request."""
    both = await mumaris_as("rahul", *PLACE, "--request", "K7Q2-M9XD", roles=[Role.SUPERVISOR])
    neither = await mumaris_as("rahul", "hold", "place", "--reason", "Case 12")

    assert (both.exit_code, neither.exit_code) == (2, 2)


@pytest.mark.parametrize("role", Role)
async def test_who_may(role: Role) -> None:
    """Supervisors place; auditors read."""
    listed = await mumaris_as("rahul", "hold", "list", roles=[role])
    placed = await mumaris_as("rahul", *PLACE)

    assert listed.exit_code == (0 if role in {Role.SUPERVISOR, Role.AUDITOR} else 1)
    assert placed.exit_code == (0 if role is Role.SUPERVISOR else 1)
