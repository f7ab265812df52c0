"""`mumaris retention`, on a real database."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from desk.clock import utc_now
from models.database import transaction
from models.statements import execute
from rules.accounts.kinds import Role
from rules.keeping import OF_THE_RUN, Subject
from support.keeping import all_certificates, count, days_of, look_at
from support.people import NOURA
from support.signed_in import mumaris_as

pytestmark = pytest.mark.usefixtures("people")
OPERATOR = [Role.OPERATOR]


async def an_old_look() -> None:
    """A line of the access log that is due by the real clock."""
    at = utc_now() - timedelta(days=days_of(Subject.ACCESS_LOG), minutes=1)
    await look_at(NOURA["registration_number"], at)


async def test_a_rehearsal_prints_what_is_kept_how_long_and_what_is_due() -> None:
    """And changes nothing."""
    await an_old_look()

    shown = await mumaris_as("rahul", "retention", "rehearse", roles=OPERATOR)
    told = json.loads((await mumaris_as("rahul", "retention", "rehearse", "--json")).stdout)

    assert "1 would be removed; nothing was changed" in shown.stdout
    assert [one["what"] for one in told["kept"]] == list(OF_THE_RUN)
    assert {one["what"]: one["due"] for one in told["kept"]}["access_log"] == 1
    assert await count("access_log") == 1


async def test_a_run_asks_removes_and_says_how_much() -> None:
    """Where nobody can answer, it wants --yes."""
    await an_old_look()

    asked = await mumaris_as("rahul", "retention", "run", roles=OPERATOR)
    left = await count("access_log")
    done = await mumaris_as("rahul", "retention", "run", "--yes")
    told = json.loads((await mumaris_as("rahul", "retention", "run", "--yes", "--json")).stdout)

    assert (asked.exit_code, left) == (2, 1)
    assert "1 rows removed, 1 certificates" in done.stdout
    assert await count("access_log") == 0
    assert (told["certificates"], told["failed"]) == (0, [])


async def test_certificates_are_listed_and_checked() -> None:
    """One that was changed past the database's refusal ends the command with 1."""
    await an_old_look()
    await mumaris_as("rahul", "retention", "run", "--yes", roles=OPERATOR)

    shown = await mumaris_as("rahul", "retention", "certificates")
    told = json.loads((await mumaris_as("rahul", "retention", "certificates", "--json")).stdout)
    async with transaction() as session:
        await execute(session, text("SET LOCAL session_replication_role = replica"))
        await execute(session, text("UPDATE retention_certificates SET policy = 'none'"))
    changed = await mumaris_as("rahul", "retention", "certificates")

    (certificate,) = await all_certificates()
    assert (shown.exit_code, changed.exit_code) == (0, 1)
    assert "access log" in shown.stdout
    assert told["first_broken"] is None
    assert told["certificates"][0]["counts"] == {"access_log": 1}
    assert f"Certificate {certificate.id} was changed" in changed.stderr


@pytest.mark.parametrize(
    ("command", "may"),
    [
        ("rehearse", {Role.OPERATOR, Role.SUPERVISOR, Role.AUDITOR}),
        ("certificates", {Role.OPERATOR, Role.SUPERVISOR, Role.AUDITOR}),
        ("run", {Role.OPERATOR, Role.SUPERVISOR}),
    ],
)
@pytest.mark.parametrize("role", Role)
async def test_who_may(command: str, may: set[Role], role: Role) -> None:
    """Whoever keeps it going runs it; whoever oversees looks."""
    answer = await mumaris_as(
        "rahul", "retention", command, *(["--yes"] if command == "run" else []), roles=[role]
    )

    assert answer.exit_code == (0 if role in may else 1)
