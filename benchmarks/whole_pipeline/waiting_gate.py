"""What requests cost that only wait at the gate: the worker's processor, a pass of the sweep."""

import asyncio
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings
from psycopg import sql

from benchmarks.card_register import vacuum
from benchmarks.desk_queue import fill_desk
from benchmarks.page_register import grow_register
from desk.common_clock import common_now
from flows.sweep import Sweep
from models.database import close_engine

_IDLE_SECONDS = 30.0
_PASSES = 5
_TICKS = os.sysconf("SC_CLK_TCK")
#: Where /proc tells them, after the process's name: the parent, and ticks in program and system.
_PARENT, _USER, _SYSTEM = 1, 11, 12
_SUSPENDED_WITHIN = 120.0
_LOOK_EVERY = 0.2

_FIRST_RUN = """
SELECT flow_run_id FROM requests
WHERE run_state = 'waiting' AND idempotency_key LIKE 'benchmark-%'
"""
#: As the first request's run stands.
_COPIED_RUNS = """
INSERT INTO {table} ({names}) SELECT {values} FROM {table}, generate_series(0, %(last)s::int) n
WHERE {table}.id = %(first)s
"""
_THEY_WAIT = """
UPDATE requests SET run_state = 'waiting', waits_in = status, pause_key = 'review-1',
  run_checked_at = now(), flow_run_id = md5('run ' || substr(idempotency_key, 6))::uuid
WHERE idempotency_key LIKE 'open-%'
"""
#: What is each copy's own.
_OWN = {
    "flow_run": {
        "id": "md5('run ' || n)::uuid",
        "state_id": "md5('state ' || n)::uuid",
        "idempotency_key": "NULL",
    },
    "flow_run_state": {
        "id": "md5('state ' || n)::uuid",
        "flow_run_id": "md5('run ' || n)::uuid",
    },
}


@dataclass(frozen=True)
class WaitingGate:
    """Of a stack on which so many wait and nothing happens."""

    waiting: int
    #: Of one core.
    worker_percent: float
    pass_seconds: float


def measure_waiting_gate(
    address: str, prefect: str, how_many: int, progress: Callable[[str], None]
) -> WaitingGate:
    """Put so many requests, and their suspended runs, into both databases, and look what they cost.

    Made by SQL: each is a copy of one that came to the gate by itself.
    """
    grow_register(address, begin=0, end=how_many)
    fill_desk(address, waiting=how_many)
    _suspend(prefect, _first_run(address), how_many)
    with psycopg.connect(address) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(_THEY_WAIT)
    vacuum(address)
    progress(f"{how_many:,} requests wait at the gate")
    worker = _worker()
    time.sleep(_IDLE_SECONDS)  # what the new rows cause is over
    before = _processor_seconds(worker)
    time.sleep(_IDLE_SECONDS)
    used = _processor_seconds(worker) - before
    taken = asyncio.run(_passes())
    return WaitingGate(how_many, 100 * used / _IDLE_SECONDS, statistics.median(taken))


async def _passes() -> list[float]:
    # Prefect has read the environment before there was a stack.
    stack = {
        PREFECT_API_URL: os.environ["PREFECT_API_URL"],
        PREFECT_API_AUTH_STRING: os.environ.get("PREFECT_API_AUTH_STRING"),
    }
    taken = []
    with temporary_settings(stack):
        for _ in range(_PASSES):
            begun = time.perf_counter()
            await Sweep().one_pass(await common_now())
            taken.append(time.perf_counter() - begun)
    await close_engine()
    return taken


def _first_run(address: str) -> str:
    """The run of the request that the others are copies of, once it waits."""
    with psycopg.connect(address, autocommit=True) as connection:
        deadline = time.monotonic() + _SUSPENDED_WITHIN
        while (found := connection.execute(_FIRST_RUN).fetchone()) is None:
            if time.monotonic() > deadline:
                raise TimeoutError("the first request's run never waited")
            time.sleep(_LOOK_EVERY)
    return str(found[0])


def _suspend(prefect: str, run: str, how_many: int) -> None:
    """Copies of this run, in Prefect's own tables."""
    with psycopg.connect(prefect) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        found = connection.execute("SELECT state_id FROM flow_run WHERE id = %s", [run]).fetchone()
        firsts = {"flow_run": run, "flow_run_state": found[0] if found else None}
        for table, own in _OWN.items():
            columns = connection.execute(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = %s AND is_generated = 'NEVER'",
                [table],
            ).fetchall()
            names = [name for (name,) in columns]
            statement = sql.SQL(_COPIED_RUNS).format(
                table=sql.Identifier(table),
                names=sql.SQL(", ").join(map(sql.Identifier, names)),
                values=sql.SQL(", ").join(
                    sql.SQL(own[name]) if name in own else sql.Identifier(table, name)
                    for name in names
                ),
            )
            connection.execute(statement, {"last": how_many - 1, "first": firsts[table]})
    vacuum(prefect)


def _worker() -> int:
    """The process id of the worker that this process's stack has started."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[_PARENT])
            command = (folder / "cmdline").read_text()
        except OSError:  # it has ended meanwhile
            continue
        if parent == os.getpid() and "mumaris-local" in command:
            return int(folder.name)
    raise LookupError("the worker does not run")


def _processor_seconds(pid: int) -> float:
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[_USER]) + int(told[_SYSTEM])) / _TICKS
