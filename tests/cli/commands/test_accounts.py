"""`mumaris account`: officers' accounts, lists, and the end of somebody's sessions."""

import json

import pytest

from support.accounts import with_password
from support.shell import mumaris

pytestmark = pytest.mark.usefixtures("people")


async def listed(*options: str) -> list[dict[str, object]]:
    """What is listed."""
    found: list[dict[str, object]] = json.loads(
        (await mumaris("account", "list", "--json", *options)).stdout
    )
    return found


async def test_an_officer_gets_an_account_with_roles() -> None:
    """Made again with others, those are the roles; there is no password to sign in with."""
    made = [
        await mumaris("account", "make-officer", "Amal", "--role", "officer", "--json"),
        await mumaris(
            "account", "make-officer", "amal", "--role", "supervisor", "--role", "auditor", "--json"
        ),
    ]

    assert [json.loads(each.stdout)["roles"] for each in made] == [
        ["officer"],
        ["auditor", "supervisor"],
    ]
    (account,) = await listed("--kind", "officer")
    assert (account["whose"], account["has_password"]) == ("amal", False)


@pytest.mark.parametrize("user", ["nobody", "retired"])
async def test_only_an_active_officer_gets_one(user: str) -> None:
    """The register of officers says who is one."""
    refused = await mumaris("account", "make-officer", user, "--role", "officer")

    assert refused.exit_code == 3
    assert await listed() == []


async def test_an_unknown_role_is_a_usage_error() -> None:
    """With the known ones."""
    refused = await mumaris("account", "make-officer", "amal", "--role", "king")

    assert refused.exit_code == 2
    assert "supervisor" in refused.stderr


async def test_operations_end_somebody_s_sessions() -> None:
    """By the number on the card; ended again, there are none."""
    member = await with_password()

    ended = [await mumaris("account", "end-sessions", member.registration_number) for _ in "12"]
    (account,) = await listed("--kind", "practitioner")

    assert [each.stdout for each in ended] == ["1 session ended\n", "0 sessions ended\n"]
    assert (account["has_password"], account["sessions"]) == (True, 0)


async def test_a_list_shows_no_name_and_no_address() -> None:
    """Only the number by which operations know people."""
    member = await with_password()

    shown = (await mumaris("account", "list")).stdout

    assert member.registration_number[2:] in shown
    assert member.email not in shown
    assert member.identity_number not in shown
    assert "Noura" not in shown


@pytest.mark.parametrize("whose", ["20-999999", "amal", "nobody"])
async def test_who_has_no_account_is_not_found(whose: str) -> None:
    """Neither a practitioner nor an officer."""
    refused = await mumaris("account", "end-sessions", whose)

    assert refused.exit_code == 3
