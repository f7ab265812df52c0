"""Officers' decisions that another system carries: a person decides, or nobody."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from documents.keys import new_master_key
from models.accounts.accounts import Account
from models.accounts.sessions import begin_session
from models.database import transaction
from models.requests import Decision
from portal.api.decisions import OFFICER_TOKEN
from rules.accounts.kinds import Proof, Role
from rules.accounts.machines import MachineKind
from support.accounts import with_password
from support.api import System, problem_of, system_of
from support.machines import key_of
from support.requests import NOW, request_at_gate
from support.staff import Staff, ready

APPROVE = {"verdict": "approve", "round": 1}


@pytest.fixture(autouse=True)
def master_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation has a master key."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())


@pytest.fixture
async def app(api: FastAPI, people: None) -> AsyncIterator[System]:
    """The authority's own mobile app."""
    async with system_of(api, await key_of("app", MachineKind.HOUSE)) as system:
        yield system


async def token_of(account: Account | None) -> str:
    """The token of a session that this account opened just now."""
    assert account is not None
    async with transaction() as session:
        return await begin_session(session, account.id, browser="app", proof=Proof.TOTP, now=NOW)


async def officer(role: Role = Role.OFFICER) -> tuple[Staff, str]:
    """An officer who is signed in, and the token."""
    staff, _ = await ready(role)
    return staff, await token_of(await staff.account())


async def send(app: System, code: str, said: object, token: str | None) -> httpx.Response:
    """Carry a decision."""
    headers = {} if token is None else {OFFICER_TOKEN: token}
    return await app.client.post(f"/requests/{code}/decisions", json=said, headers=headers)


async def decisions() -> list[tuple[str, str, str]]:
    """All that were made."""
    async with transaction() as session:
        found = (await session.exec(select(Decision))).all()
    return [(one.officer, one.verdict, one.origin) for one in found]


async def test_an_officer_decides_through_another_system(app: System) -> None:
    """It is that officer's decision, and says which way it came."""
    staff, token = await officer()
    code = await request_at_gate()

    sent = await send(app, code, APPROVE, token)

    assert (sent.status_code, sent.json()) == (200, {"status": "approved"})
    assert await decisions() == [(staff.user_name, "approve", "api")]


@pytest.mark.parametrize("token", [None, "", "x" * 43, "a b", "\x7f" * 10])
async def test_a_machine_alone_decides_nothing(app: System, token: str | None) -> None:
    """Nor does it with a token that nobody has."""
    code = await request_at_gate()

    assert problem_of(await send(app, code, APPROVE, token)) == (403, "person_needed")
    assert await decisions() == []


async def test_a_practitioner_decides_nothing(app: System) -> None:
    """However signed in."""
    member = await with_password()
    token = await token_of(await member.account())
    code = await request_at_gate()

    assert problem_of(await send(app, code, APPROVE, token)) == (403, "role_missing")
    assert await decisions() == []


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPERATOR])
async def test_who_may_not_review_decides_nothing(app: System, role: Role) -> None:
    """The roles that the account has now count."""
    _, token = await officer(role)
    code = await request_at_gate()

    assert problem_of(await send(app, code, APPROVE, token)) == (403, "role_missing")
    assert await decisions() == []


async def test_a_round_that_is_over_is_not_decided(app: System) -> None:
    """The officer was shown something else."""
    _, token = await officer()
    code = await request_at_gate()

    assert problem_of(await send(app, code, {**APPROVE, "round": 2}, token)) == (409, "conflict")
    assert await decisions() == []


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"verdict": "approve"},
        {"verdict": "maybe", "round": 1},
        {"verdict": "return", "round": 1},
        {"verdict": "reject", "round": 1},
        {"verdict": "approve", "round": "1"},
        {**APPROVE, "officer": "amal"},
        {**APPROVE, "note": "<b>" * 900},
    ],
)
async def test_half_a_decision_is_none(app: System, said: object) -> None:
    """And nobody is named in a body."""
    _, token = await officer()
    code = await request_at_gate()

    assert (await send(app, code, said, token)).status_code == 422
    assert await decisions() == []
