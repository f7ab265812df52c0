"""A connection is used again where its server is there; it is asked only where it may not be."""

import asyncio
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from models import pooled
from models.database import engine, transaction
from models.statements import execute


async def my_backend() -> int:
    """The process that serves the next transaction."""
    async with transaction() as session:
        return int((await execute(session, text("SELECT pg_backend_pid()"))).scalar_one())


async def end(url: str, backend: int) -> None:
    """As an operator ends a session, or a restart all of them; until it is gone."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as session:
        await session.execute("SELECT pg_terminate_backend(%s, 10000)", [backend])


@pytest.fixture
async def pings(database: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every question to the server of this database whether it is there."""
    asked: list[str] = []
    dialect = engine().sync_engine.dialect
    ping = dialect.do_ping

    def counted(connection: Any) -> bool:
        asked.append("ping")
        return ping(connection)

    monkeypatch.setattr(dialect, "do_ping", counted)
    return asked


class TestABurst:
    """One transaction after the other."""

    async def test_asks_no_connection_that_was_just_used(
        self, pings: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However slow this machine is: the trust does not end within the test."""
        monkeypatch.setattr(pooled, "TRUSTED_FOR", 3600)

        assert await my_backend() == await my_backend()
        assert pings == []

    async def test_asks_one_that_has_been_idle(
        self, pings: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its server may have vanished without a word."""
        monkeypatch.setattr(pooled, "TRUSTED_FOR", 0)

        assert await my_backend() == await my_backend()
        assert pings == ["ping", "ping"]


@pytest.mark.parametrize("trusted_for", [0, 3600])
async def test_a_session_that_the_server_ended_costs_no_failed_step(
    database: str, trusted_for: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither where it was just used, nor where it has been idle."""
    monkeypatch.setattr(pooled, "TRUSTED_FOR", trusted_for)
    before = await my_backend()

    await end(database, before)

    assert await my_backend() != before


async def test_all_sessions_of_a_restarted_server_are_left_at_once(
    database: str, pings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first that is met says so of the others."""
    monkeypatch.setattr(pooled, "TRUSTED_FOR", 3600)
    backends = await asyncio.gather(*(held_backend() for _ in range(3)))
    for backend in backends:
        await end(database, backend)

    first = await my_backend()
    after = [first, *await asyncio.gather(*(held_backend() for _ in range(3)))]

    assert not {*backends} & {*after}
    assert len(pings) == 1


async def held_backend() -> int:
    """The process that serves a transaction beside others."""
    async with transaction() as session:
        found = int((await execute(session, text("SELECT pg_backend_pid()"))).scalar_one())
        await execute(session, text("SELECT pg_sleep(0.1)"))
        return found
