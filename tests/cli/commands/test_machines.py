"""`mumaris machine`: accounts of other systems."""

import json

import pytest

from support.machines import EMPLOYER
from support.shell import mumaris

pytestmark = pytest.mark.usefixtures("people")
_MAKE = ("machine", "make", "hospital", "--kind", "employer", "--employer", EMPLOYER)


async def test_a_key_is_shown_once_and_alone() -> None:
    """On stdout, for a file or a pipe; a list never has it."""
    made = await mumaris(*_MAKE)
    listed = await mumaris("machine", "list")

    key = made.stdout.strip()
    assert (made.exit_code, len(made.stdout.splitlines())) == (0, 1)
    assert key.startswith("mumaris_")
    assert "shown this once" in made.stderr
    assert "hospital" in listed.stdout
    assert key[8:24] not in listed.stdout


async def test_rotating_gives_another_key() -> None:
    """And the list shows when each ends."""
    before = json.loads((await mumaris(*_MAKE, "--json")).stdout)
    after = json.loads((await mumaris("machine", "rotate", "hospital", "--json")).stdout)
    (listed,) = json.loads((await mumaris("machine", "list", "--json")).stdout)

    assert before["key"] != after["key"]
    assert (listed["employers"], len(listed["keys_end"])) == ([EMPLOYER], 2)


async def test_revoking_asks_first() -> None:
    """Nobody is there to answer in a script, which must say so beforehand."""
    await mumaris(*_MAKE)

    assert (await mumaris("machine", "revoke", "hospital")).exit_code == 2
    ended = [(await mumaris("machine", "revoke", "hospital", "--yes")).stdout for _ in "12"]
    assert ended == ["revoked\n", "was revoked before\n"]


async def test_a_scope_is_said_anew() -> None:
    """With a name that nobody has, it stays as it was."""
    await mumaris(*_MAKE)

    refused = await mumaris("machine", "scope", "hospital", "--employer", "Nobody's")
    said = await mumaris("machine", "scope", "hospital", "--employer", EMPLOYER)

    assert (refused.exit_code, said.stdout) == (1, f"hospital acts for: {EMPLOYER}\n")


async def test_the_same_name_twice_is_refused() -> None:
    """Its lines in the access log would be two systems'."""
    await mumaris(*_MAKE)

    assert (await mumaris(*_MAKE)).exit_code == 1
