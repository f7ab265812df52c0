"""`mumaris review away`, `back` and `absences`, on a real database."""

import json
from datetime import timedelta

import pytest

from desk.clock import utc_now
from rules.accounts.kinds import Role
from rules.values.dates import riyadh_day
from support.requests import request_at_gate
from support.signed_in import mumaris_as

pytestmark = pytest.mark.usefixtures("people")


def days(first: int, last: int) -> tuple[str, str]:
    """As they are typed, so many days from today on."""
    today = riyadh_day(utc_now())
    return (today + timedelta(days=first)).isoformat(), (today + timedelta(days=last)).isoformat()


async def test_an_officer_is_away_and_comes_back() -> None:
    """What they hold goes back; until then Next gives them nothing, and says why."""
    code = await request_at_gate()
    await mumaris_as("amal", "review", "claim", code)
    first, last = days(0, 3)

    away = await mumaris_as("amal", "review", "away", first, last)
    refused = await mumaris_as("amal", "review", "next")
    assigned = await mumaris_as(
        "rahul", "review", "assign", code, "--officer", "amal", roles=[Role.SUPERVISOR]
    )
    listed = await mumaris_as("basim", "review", "absences")
    back = await mumaris_as("amal", "review", "back")
    given = await mumaris_as("amal", "review", "next")

    assert away.stdout.splitlines() == [
        f"away from {first} to {last}",
        f"put back into their queues: {code}",
    ]
    for answer in (refused, assigned):
        assert answer.exit_code == 1
        assert f"amal is away until {last}, and is back on " in answer.stderr
    assert listed.stdout.splitlines()[1].split() == ["amal", first, last, "yes"]
    assert back.stdout == f"not away from {first} to {last} any more\n"
    assert code in given.stdout


async def test_a_supervisor_says_it_of_others_and_nobody_else_does() -> None:
    """Programs read who said it, and of whom."""
    first, last = days(1, 2)
    words = ("review", "away", first, last, "--officer", "basim", "--json")

    refused = await mumaris_as("amal", *words)
    said = await mumaris_as("rahul", *words, roles=[Role.SUPERVISOR])
    listed = await mumaris_as("amal", "review", "absences", "--json")
    not_ended = await mumaris_as("amal", "review", "back", "--day", last, "--officer", "basim")
    ended = await mumaris_as(
        "basim", "review", "back", "--day", last, "--json", roles=[Role.OFFICER]
    )

    assert (refused.exit_code, not_ended.exit_code) == (1, 1)
    assert json.loads(said.stdout) == {"first_day": first, "last_day": last, "released": []}
    assert json.loads(listed.stdout) == [
        {
            "first_day": first,
            "last_day": last,
            "officer": "basim",
            "said_by": "rahul",
            "is_now": False,
        }
    ]
    assert json.loads(ended.stdout) == {"first_day": first, "last_day": last}


async def test_nobody_who_is_here_comes_back() -> None:
    """And past days are refused."""
    back = await mumaris_as("amal", "review", "back")
    away = await mumaris_as("amal", "review", "away", *days(-3, -1))

    assert back.exit_code == away.exit_code == 1
    assert "amal is not away on " in back.stderr
    assert "days of absence begin today or later" in away.stderr
