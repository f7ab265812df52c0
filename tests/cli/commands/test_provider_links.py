"""`mumaris account link-provider`: which of a provider's people is which officer."""

import json

import pytest

from models.accounts.providers import account_by_provider
from models.database import transaction
from support.shell import mumaris

pytestmark = pytest.mark.usefixtures("people")

ISSUER = "https://sso.example.org"


@pytest.fixture(autouse=True)
async def accounts(people: None) -> None:
    """Two officers have accounts."""
    for user in ("amal", "basim"):
        made = await mumaris("account", "make-officer", user, "--role", "officer")
        assert made.exit_code == 0, made.stderr


async def link(user: str, subject: str, issuer: str = ISSUER) -> tuple[int, str]:
    """The command's exit code and what it says."""
    done = await mumaris(
        "account", "link-provider", user, "--issuer", issuer, "--subject", subject, "--json"
    )
    return done.exit_code, done.stdout + done.stderr


async def whose(subject: str) -> str | None:
    """The officer whom the provider means."""
    async with transaction() as session:
        account = await account_by_provider(session, ISSUER, subject)
        return account.officer if account else None


async def test_a_subject_is_one_officer_s() -> None:
    """Linked again, it is the same; another subject takes its place."""
    done = [await link("Amal", "s-1"), await link("amal", " s-1 "), await link("amal", "s-2")]

    assert [code for code, _ in done] == [0, 0, 0]
    assert all("s-1" not in said and "s-2" not in said for _, said in done)
    assert (await whose("s-1"), await whose("s-2")) == (None, "amal")


async def test_a_subject_of_another_officer_stays_that_one_s() -> None:
    """Unlinked, it is free."""
    await link("amal", "s-1")
    refused, said = await link("basim", "s-1")
    unlinked = [await mumaris("account", "unlink-provider", "amal", "--json") for _ in "12"]
    free, _ = await link("basim", "s-1")

    assert (refused, free) == (1, 0)
    assert "another officer" in said
    assert [json.loads(each.stdout)["unlinked"] for each in unlinked] == [1, 0]
    assert await whose("s-1") == "basim"


@pytest.mark.parametrize("subject", ["", "  ", "x" * 256, "s\x00", "أمل", "s\n1"])
async def test_what_no_provider_calls_anybody_is_refused(subject: str) -> None:
    """It would never match, and nobody would know why."""
    code, _ = await link("amal", subject)

    assert code == 1


async def test_another_issuer_than_the_one_that_is_set_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A slash too many, and nobody gets in; left out, it is the one that is set."""
    for name, value in {"ISSUER": ISSUER, "CLIENT_ID": "m", "CLIENT_SECRET": "s"}.items():
        monkeypatch.setenv(f"MUMARIS_OIDC_{name}", value)
    refused, said = await link("amal", "s-1", f"{ISSUER}/")
    left_out = await mumaris("account", "link-provider", "amal", "--subject", "s-1")

    assert refused == 1
    assert ISSUER in said
    assert left_out.stdout == f"linked: signs in by {ISSUER}\n"
    assert await whose("s-1") == "amal"


@pytest.mark.parametrize("user", ["nobody", "20-104567"])
async def test_only_an_officer_with_an_account_is_linked(user: str) -> None:
    """Neither a stranger nor a practitioner."""
    code, _ = await link(user, "s-1")

    assert code == 3
