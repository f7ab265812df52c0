"""The doorbell, on a PostgreSQL of its own: it is restarted here."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from stack.postgres import EmbeddedPostgres
from support.stack import restart, session_postgres
from worker.doorbell import Doorbell


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[EmbeddedPostgres]:
    """A server that nobody else uses."""
    with session_postgres() as server:
        server.create_database("bell")
        yield server


class Ear:
    """Counts rings."""

    def __init__(self) -> None:
        self.rings: asyncio.Queue[None] = asyncio.Queue()

    def hear(self) -> None:
        """One ring."""
        self.rings.put_nowait(None)

    async def next(self) -> None:
        """Return at the next ring; fail without one."""
        await self.rings.get()


async def test_a_notification_rings(own_postgres: EmbeddedPostgres) -> None:
    """The connection itself rings once; then each notification."""
    ear = Ear()
    async with _listening(own_postgres.url("bell"), ear):
        await ear.next()
        await _notify(own_postgres.url("bell"))
        await ear.next()

    assert ear.rings.empty()


async def test_a_restart_of_postgresql_is_survived(own_postgres: EmbeddedPostgres) -> None:
    """The new connection rings, for what was said while nobody listened; and hears again."""
    ear = Ear()
    async with _listening(own_postgres.url("bell"), ear):
        await ear.next()
        await asyncio.to_thread(restart, own_postgres)
        await ear.next()
        await _notify(own_postgres.url("bell"))
        await ear.next()


async def test_a_failed_connection_is_told_without_its_address(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """The address holds a password."""
    url = "postgresql+psycopg://user:secret-word@127.0.0.1:1/none"
    async with _listening(url, Ear()):
        await asyncio.sleep(0.5)

    out, err = capfd.readouterr()
    assert "secret-word" not in out + err + caplog.text


async def _notify(url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as session:
        await session.execute("NOTIFY mumaris_bell, 'whatever'")


@asynccontextmanager
async def _listening(url: str, ear: Ear) -> AsyncIterator[None]:
    task = asyncio.create_task(Doorbell(url, {"mumaris_bell": ear.hear}).listen())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
