"""`mumaris review workload`, on a real database."""

import json

import pytest

from rules.accounts.kinds import Role
from support.requests import request_at_gate
from support.signed_in import mumaris_as

pytestmark = pytest.mark.usefixtures("people")


async def test_a_supervisor_reads_what_waits_and_what_was_decided() -> None:
    """By kind and by officer, by name; nobody else does."""
    code = await request_at_gate()
    await mumaris_as("basim", "review", "claim", code)
    words = ("review", "workload")

    table = await mumaris_as("rahul", *words, roles=[Role.SUPERVISOR])
    told = json.loads((await mumaris_as("rahul", *words, "--days", "7", "--json")).stdout)
    refused = await mumaris_as("amal", *words)

    [line] = [line for line in table.stdout.splitlines() if line.startswith("basim")]
    assert line.split()[:6] == ["basim", "1", "0", "0", "0", "0"]
    assert [one["name"] for one in told["officers"]] == ["amal", "basim", "rahul"]
    assert [(one["name"], one["open"]) for one in told["kinds"]] == [
        ("profile_update", 1),
        ("card_renewal", 0),
        ("registration", 0),
    ]
    assert refused.exit_code == 1
