"""A machine that vanishes without a word, as seen from both ends of its connections.

No proxy shows this: it answers TCP itself. Here a keepalive goes unanswered.
"""

import os
import subprocess
import sys
from contextlib import ExitStack

import psycopg
import pytest

from stack.local import ROOT
from stack.postgres import EmbeddedPostgres
from support.lan import Cable, Lan, lan_or_skip
from support.stack import open_folder, wait_until
from support.two_machines import let_in, started

pytestmark = [pytest.mark.prove, pytest.mark.timeout(600)]

#: Half a minute, and what a busy machine adds. The system's own limits are a quarter of an hour for
#: what was sent and not received, and two hours for a connection on which nobody speaks.
_GIVEN_UP_WITHIN = 120.0
_LOCK, _OTHER = 4711, 4712
_MACHINE = """
import asyncio, sys
import psycopg
from models.connections import LONG, open_connection

async def main():
    holds = await open_connection("holds a lock and is silent")
    await holds.execute(f"SELECT pg_advisory_lock({sys.argv[1]})")
    waits = await open_connection("waits for an answer", limits=LONG)
    print("holds", flush=True)
    try:
        await waits.execute(f"SELECT pg_advisory_lock({sys.argv[2]})")
    except psycopg.OperationalError as gone:
        print("gave up", flush=True)

asyncio.run(main())
"""


@pytest.fixture
def plugged_in(opened: ExitStack) -> Lan:
    """A network with a machine."""
    return lan_or_skip(opened)


@pytest.fixture
def server(opened: ExitStack, plugged_in: Lan) -> EmbeddedPostgres:
    """A database that the machine can reach."""
    folder = opened.enter_context(open_folder())
    made = EmbeddedPostgres(folder / "data", durable=False)
    running = started(opened, made, plugged_in.hosts[0])
    let_in(running, plugged_in)
    return running


def on(cable: Cable, host: str) -> subprocess.Popen[str]:
    """The machine's program: one session holds a lock, another one waits for a lock."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": f"postgresql://postgres@{host}:5432/postgres",
    }
    command = cable.within(sys.executable, "-c", _MACHINE, str(_LOCK), str(_OTHER))
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def test_either_side_gives_the_other_up_while_the_cable_is_still_out(
    opened: ExitStack, plugged_in: Lan, server: EmbeddedPostgres
) -> None:
    """The lock is free for others; who waits for an answer is told that none will come."""
    us = opened.enter_context(psycopg.connect(server.url("postgres"), autocommit=True))
    us.execute("SELECT pg_advisory_lock(%s)", [_OTHER])
    (cable,) = plugged_in.cables
    machine = opened.enter_context(on(cable, plugged_in.hosts[0]))
    opened.callback(machine.kill)
    assert machine.stdout is not None
    assert machine.stdout.readline() == "holds\n"

    def is_free() -> bool:
        found = us.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
        return found == (True,)

    assert not is_free()
    cable.pull()

    wait_until(is_free, within=_GIVEN_UP_WITHIN)
    wait_until(lambda: machine.poll() is not None, within=_GIVEN_UP_WITHIN)
    assert machine.stdout.read() == "gave up\n"
