"""What an officer has ticked, as `mumaris review show` tells it."""

import json

import pytest

from support.requests import request_at_gate
from support.shell import mumaris
from support.signed_in import mumaris_as
from support.ticks import all_ticked

pytestmark = pytest.mark.usefixtures("people")


async def test_an_officer_is_shown_their_own_ticks() -> None:
    """What there is to look at, and whether they have; nobody else's."""
    code = await request_at_gate()
    await all_ticked(code, "amal")

    shown = await mumaris_as("amal", "review", "show", code)
    own = json.loads((await mumaris_as("amal", "review", "show", code, "--json")).stdout)
    colleagues = json.loads((await mumaris_as("basim", "review", "show", code, "--json")).stdout)

    names = ["specialty", "certificates", "documents[0]"]
    assert own["ticks"] == [{"what": name, "ticked": True} for name in names]
    assert colleagues["ticks"] == [{"what": name, "ticked": False} for name in names]
    assert "You have ticked:        Specialty, Certificates, Document 1\n" in shown.stdout


async def test_the_command_decides_without_ticks() -> None:
    """It has no page on which there is something to tick."""
    code = await request_at_gate()

    decided = await mumaris_as("amal", "request", "decide", code, "--approve")

    assert decided.stdout == "approved\n"
    assert (await mumaris("request", "show", code)).exit_code == 0
