"""What every connection promises: nobody who froze or vanished holds the others up for long."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.requests.waiting import wait_until
from models.connections import LONG, PAGES, STEPS, Limits, limited, open_connection
from models.database import close_engine, engine, is_busy, is_passing, patiently, transaction
from models.references import next_sequence
from models.reminders.turn import SendingTurn
from models.requests import Request
from models.runs import carrying
from models.statements import execute
from stack import postgres as stack_postgres
from support.faults import until
from support.stack import session_postgres
from worker.doorbell import Doorbell

_NAMES = (
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "tcp_keepalives_idle",
    "tcp_user_timeout",
)
pytestmark = pytest.mark.usefixtures("shipped_limits")

#: Short, so that the test is.
QUICK = Limits(statement=20, lock=0.2, idle=1.5)
_SESSIONS = "SELECT application_name FROM pg_stat_activity WHERE datname = current_database()"
#: Takes the counter's row, says so, and does nothing any more.
_HOLDER = """
import asyncio
from models.connections import Limits, limited
from models.database import transaction
from models.references import next_sequence

async def hold():
    with limited(Limits(statement=20, lock=1, idle=1.5)):
        async with transaction() as session:
            await next_sequence(session, kind="card_renewal", calendar="hijri", year=1448)
            print("held", flush=True)
            await asyncio.sleep(600)

asyncio.run(hold())
"""


async def take_number() -> int:
    """The next reference number of a kind."""
    async with transaction() as session:
        return await next_sequence(session, kind="card_renewal", calendar="hijri", year=1448)


async def show(session: AsyncSession, name: str) -> str:
    """One setting of the session."""
    return str((await execute(session, text(f"SHOW {name}"))).scalar_one())


async def shown(connection: AsyncConnection[Any]) -> dict[str, str]:
    """What PostgreSQL says about this session."""
    found = await connection.execute(
        "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(_NAMES)]
    )
    return dict(await found.fetchall())


@pytest.fixture(scope="module")
def over_tcp() -> Iterator[str]:
    """A server on a loopback address of its own; keepalives are a matter of TCP."""
    address = f"127.{os.getpid() % 200 + 10}.{os.getpid() // 200 % 250}.7"
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            settings = {**stack_postgres._SETTINGS, "listen_addresses": address}
            patch.setattr(stack_postgres, "_SETTINGS", settings)
            stack.enter_context(session_postgres())
        yield f"postgresql://postgres@{address}:5432/postgres"


async def test_a_session_has_its_limits_and_keepalives_on_both_sides(
    over_tcp: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours, and PostgreSQL's: whoever of the two stays finds the other one dead."""
    connection = await open_connection("test", url=over_tcp)
    async with connection:
        told = await shown(connection)
        ours = socket.socket(fileno=os.dup(connection.fileno()))
        with ours:
            kept = ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            after = ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)

    assert told == {
        "statement_timeout": "30000",
        "lock_timeout": "10000",
        "idle_in_transaction_session_timeout": "30000",
        "tcp_keepalives_idle": "15",
        "tcp_user_timeout": "30000",
    }
    assert (kept, after) == (1, 15)


async def test_what_the_address_says_itself_stands(over_tcp: str) -> None:
    """An operator who knows the network better says so in DATABASE_URL."""
    connection = await open_connection("test", url=f"{over_tcp}?keepalives_idle=77")
    async with connection:
        ours = socket.socket(fileno=os.dup(connection.fileno()))
        with ours:
            assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 77


@pytest.mark.parametrize("limits", [STEPS, PAGES])
async def test_the_pool_s_sessions_have_the_limits_of_what_runs(
    database: str, limits: Limits
) -> None:
    """A page gives up sooner than a step."""
    with limited(limits):
        async with transaction() as session:
            lock = await show(session, "lock_timeout")

    assert lock == f"{limits.lock}s"


async def test_long_work_has_limits_of_its_own_until_it_ends(database: str) -> None:
    """The next transaction on the same connection has the usual ones again."""
    async with transaction(LONG) as session:
        long = await show(session, "statement_timeout")
    async with transaction() as session:
        usual = await show(session, "statement_timeout")

    assert (long, usual) == ("30min", "30s")


@asynccontextmanager
async def everybody(url: str) -> AsyncIterator[None]:
    """Every kind of connection that we hold: for a turn, presence, the doorbell, a wait."""
    request = Request()
    async with SendingTurn() as turn, carrying(request.id):
        await turn.is_ours()
        tasks = [asyncio.create_task(Doorbell(url, {"a_bell": lambda: None}).listen())]
        tasks.append(asyncio.create_task(wait_until("NONE", lambda _: False)))
        yield
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def test_every_kind_of_session_says_what_it_is_for(database: str) -> None:
    """An operator who looks at a lock sees whose it is; none was opened past `open_connection`."""
    wanted = {"mumaris reminders", "mumaris presence", "mumaris doorbell", "mumaris"}
    async with everybody(database):
        connection = await open_connection("looking")
        names: set[str] = set()

        async def all_there() -> bool:
            names.update(await _names(connection))
            return wanted <= names

        async with connection:
            await until(all_there, "everybody is connected")

    assert names <= wanted | {"looking", "mumaris waiting"}


async def _names(connection: AsyncConnection[Any]) -> set[str]:
    found = await connection.execute(_SESSIONS)
    return {row[0] for row in await found.fetchall()}


async def test_numbers_go_on_while_their_holder_is_frozen(database: str, repository: Path) -> None:
    """A process that is stopped in mid-transaction loses its session, and the number with it."""
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _HOLDER, stdout=asyncio.subprocess.PIPE, cwd=repository
    )
    try:
        assert holder.stdout is not None
        assert await holder.stdout.readline() == b"held\n"
        holder.send_signal(signal.SIGSTOP)
        begun = time.monotonic()
        with limited(QUICK):
            first = await patiently(take_number)()
    finally:
        holder.kill()
        await holder.wait()

    assert first == 1
    assert time.monotonic() - begun > QUICK.lock  # it was locked


async def test_who_is_frozen_on_a_step_s_connection_loses_it_in_half_a_minute() -> None:
    """The limits in use bound what others wait: a lock is tried again for longer than it lasts."""
    waited = sum(STEPS.retries) + STEPS.lock * len(STEPS.retries)

    assert STEPS.idle < waited


async def test_a_lock_that_stays_is_told_as_somebody_else_s(database: str) -> None:
    """It passes, so a step tries again; a page tells its reader at once."""
    await take_number()
    async with transaction() as holding:
        await next_sequence(holding, kind="card_renewal", calendar="hijri", year=1448)
        with limited(QUICK), pytest.raises(OperationalError) as met:
            await take_number()
        tries: list[None] = []

        async def press() -> None:
            tries.append(None)
            await take_number()

        with limited(PAGES), pytest.raises(OperationalError):
            await patiently(press)()

    assert is_passing(met.value)
    assert is_busy(met.value)
    assert len(tries) == 1


async def test_a_full_pool_is_told_as_busy(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same operation may succeed later."""
    monkeypatch.setenv("MUMARIS_DATABASE_POOL", "1")
    with limited(PAGES):
        held = [await engine().connect() for _ in range(2)]
        with pytest.raises(Exception, match="QueuePool") as met:
            await take_number()
        for connection in held:
            await connection.close()

    assert is_passing(met.value)
    assert is_busy(met.value)


async def test_a_session_that_postgresql_ended_is_an_outage(database: str) -> None:
    """Idle for too long within a transaction: the work is undone, and may be done again."""
    looking = await open_connection("looking")

    async def freeze() -> None:
        async with transaction() as session:
            await next_sequence(session, kind="card_renewal", calendar="hijri", year=1448)
            await until(gone, "PostgreSQL ends the session")
            await execute(session, text("SELECT 1"))

    async def gone() -> bool:
        return "mumaris" not in await _names(looking)

    with limited(QUICK), pytest.raises(DBAPIError) as met:
        await freeze()
    await looking.close()

    assert is_passing(met.value)
    assert await take_number() == 1


async def test_a_refused_connection_names_nothing_that_is_secret(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an error says may be logged."""
    await close_engine()
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:secret-word@127.0.0.1:1/none")

    with pytest.raises(psycopg.OperationalError) as met:
        await open_connection("test")

    assert "secret-word" not in str(met.value)
