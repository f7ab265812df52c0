"""PostgreSQL goes away while a file is handed in."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from sqlmodel import col, select

from desk.requests import submitting_many
from desk.requests.submitting_many import SubmittedRow, submit_many
from models.database import close_engine, transaction
from models.letters import Letter
from models.migrate import migrate
from rules.requests.row_outcomes import RowOutcome
from rules.requests.statuses import Kind
from stack.postgres import EmbeddedPostgres
from support.people import contact_change, register_applicant
from support.requests import NOW
from support.stack import restart, session_postgres


@pytest.fixture
async def own_postgres(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[EmbeddedPostgres]:
    """A server that nobody else stands on."""
    with session_postgres() as server:
        server.create_database("many")
        monkeypatch.setenv("DATABASE_URL", server.url("many"))
        await asyncio.to_thread(migrate)
        yield server
        await close_engine()


async def test_a_file_goes_on_when_postgresql_is_back(
    own_postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It restarts between two chunks and inside one: each row is one request and one letter."""
    monkeypatch.setattr(submitting_many, "CHUNK", 5)
    numbers = [(await register_applicant()).registration_number for _ in range(20)]
    accept_set, sets = submitting_many.accept_set, 0

    async def restarted_inside(*arguments: object, **named: object) -> object:
        nonlocal sets
        sets += 1
        found = await accept_set(*arguments, **named)  # type: ignore[arg-type]
        if sets == 2:
            await asyncio.to_thread(restart, own_postgres)
        return found

    async def rows() -> AsyncIterator[SubmittedRow[int]]:
        for place, number in enumerate(numbers):
            if place == 11:
                await asyncio.to_thread(restart, own_postgres)
            wish = contact_change(registration_number=number, idempotency_key=f"row-{number}")
            yield SubmittedRow(place, wish)

    monkeypatch.setattr(submitting_many, "accept_set", restarted_inside)
    results = [each async for each in submit_many(Kind.PROFILE_UPDATE, rows(), clock=lambda: NOW)]

    assert {each.outcome for each in results} == {RowOutcome.ACCEPTED}
    assert sets == 5
    async with transaction() as session:
        about = Counter((await session.exec(select(col(Letter.request_id)))).all())
    assert len(about) == about.total() == len(numbers)
