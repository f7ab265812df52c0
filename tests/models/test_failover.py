"""A failover: the server that was takes no writes any more, and another one does."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.connections import open_connection
from models.database import close_engine, is_passing, patiently, transaction
from models.migrate import migrate
from models.references import next_sequence
from models.statements import execute
from stack.accounts import unprivileged_account
from stack.postgres import EmbeddedPostgres
from stack.postgres_binaries import find_binaries
from support.stack import open_folder, session_postgres


async def take_number() -> int:
    """A write."""
    async with transaction() as session:
        return await next_sequence(session, kind="card_renewal", calendar="hijri", year=1448)


def set_read_only(url: str, value: str) -> None:
    """As an operator does who keeps writes off a server; sessions that are open notice too."""
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("SET default_transaction_read_only = off")
        session.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
        session.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[EmbeddedPostgres]:
    """A server that nobody else uses."""
    with session_postgres() as server:
        server.create_database("mumaris")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", server.url("mumaris"))
            migrate()
        yield server


@pytest.fixture
async def read_only(
    own_postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """A server that takes no writes any more; our pool was filled while it did."""
    url = own_postgres.url("mumaris")
    plain = url
    monkeypatch.setenv("DATABASE_URL", url)
    await take_number()
    set_read_only(plain, "on")
    yield plain
    set_read_only(plain, "off")
    await close_engine()


async def test_a_read_only_session_is_an_outage(read_only: str) -> None:
    """Not a fault of the step: the same write may succeed later."""

    async def write_until_refused() -> None:
        # A session hears of the reload when the server's signal comes to its process.
        while True:
            await take_number()
            await asyncio.sleep(0.05)

    with pytest.raises(DBAPIError) as met:
        await write_until_refused()

    assert is_passing(met.value)


async def test_a_server_that_takes_no_writes_is_not_connected_to(read_only: str) -> None:
    """For reading neither: what it says may be old."""
    with pytest.raises(psycopg.OperationalError, match="read-only"):
        await open_connection("test")


async def test_a_session_that_turned_read_only_is_not_given_out_again(read_only: str) -> None:
    """Not even to who only reads: the pool looks at what the server reports."""

    async def read() -> None:
        async with transaction() as session:
            await execute(session, text("SELECT 1"))

    async def read_until_refused() -> None:
        # A session hears of the reload when the server's signal comes to its process.
        while True:
            await read()
            await asyncio.sleep(0.05)

    with pytest.raises(DBAPIError) as met:
        await read_until_refused()

    assert is_passing(met.value)


async def test_a_write_refused_as_read_only_throws_the_whole_pool_away(
    own_postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every other connection leads to the same server; none of them is tried in turn."""
    monkeypatch.setenv("DATABASE_URL", own_postgres.url("mumaris"))
    await asyncio.gather(*(take_number() for _ in range(5)))
    before = await backends()

    async def write_where_none_is_taken() -> None:
        async with transaction() as session:
            await execute(session, text("SET TRANSACTION READ ONLY"))
            await next_sequence(session, kind="card_renewal", calendar="hijri", year=1448)

    with pytest.raises(DBAPIError) as met:
        await write_where_none_is_taken()
    after = await backends()
    await close_engine()

    assert met.value.connection_invalidated
    assert not before & after


async def backends() -> set[int]:
    """The processes that serve three of our connections."""

    async def mine() -> int:
        async with transaction() as session:
            found = (await execute(session, text("SELECT pg_backend_pid()"))).scalar_one()
            await execute(session, text("SELECT pg_sleep(0.05)"))
            return int(found)

    return set(await asyncio.gather(*(mine() for _ in range(3))))


async def test_work_goes_on_when_writes_are_back(read_only: str) -> None:
    """Who waits patiently notices nothing else."""
    write = asyncio.create_task(patiently(take_number)())
    await asyncio.sleep(0)
    await asyncio.to_thread(set_read_only, read_only, "off")

    assert await write > 1


async def test_a_standby_that_is_promoted_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address names both servers; the work goes on where writes are taken."""
    with open_folder() as folder, EmbeddedPostgres(folder / "a", durable=False) as first:
        first.create_database("mumaris")
        monkeypatch.setenv("DATABASE_URL", first.url("mumaris"))
        await asyncio.to_thread(migrate)
        copy(first, folder / "b")
        with EmbeddedPostgres(folder / "b", durable=False) as second:
            monkeypatch.setenv("DATABASE_URL", both(first, second))
            before = await take_number()
            await asyncio.to_thread(caught_up, first, second)
            await asyncio.to_thread(first.stop)
            write = asyncio.create_task(patiently(take_number)())
            await asyncio.sleep(0)
            await asyncio.to_thread(promote, second)

            assert await write == before + 1
            await close_engine()


def copy(primary: EmbeddedPostgres, to: Path) -> None:
    """A standby of the primary, ready to be started."""
    account = unprivileged_account()
    to.mkdir(mode=0o700)
    os.chown(to, account.uid, account.gid)
    tool = find_binaries(account).tool("pg_basebackup")
    address = primary.url("postgres")
    command = [tool, "-D", str(to), "-R", "-X", "stream", "-c", "fast", "-d", address]
    privileged = os.geteuid() == 0
    subprocess.run(
        command, check=True, cwd="/", capture_output=True, user=account.uid if privileged else None
    )


def both(first: EmbeddedPostgres, second: EmbeddedPostgres) -> str:
    """One address that names two servers."""
    folders = [server.url("mumaris").partition("host=")[2] for server in (first, second)]
    hosts = ",".join(folder.partition("&")[0] for folder in folders)
    return f"postgresql://postgres@/mumaris?host={hosts}&port=5432,5432"


def caught_up(first: EmbeddedPostgres, second: EmbeddedPostgres) -> None:
    """Return when the standby has what the primary has."""
    with psycopg.connect(first.url("mumaris")) as session:
        row = session.execute("SELECT pg_current_wal_lsn()::text").fetchone()
    assert row is not None
    with psycopg.connect(second.url("mumaris"), autocommit=True) as there:
        for _ in range(600):
            found = there.execute(
                "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn, pg_sleep(0.05)", [row[0]]
            ).fetchone()
            if found is not None and found[0]:
                return
    raise AssertionError("the standby does not catch up")


def promote(server: EmbeddedPostgres) -> None:
    """It takes writes from now on."""
    with psycopg.connect(server.url("mumaris"), autocommit=True) as session:
        session.execute("SELECT pg_promote()")
