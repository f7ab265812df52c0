"""A database as one file, by PostgreSQL's own programs; its password stands in no command."""

import asyncio
import os
import subprocess
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from rules.errors import Unavailable
from stack.accounts import unprivileged_account
from stack.postgres_binaries import find_binaries

#: The variables by which libpq takes what an address says.
_VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "passfile": "PGPASSFILE",
}
_BEAT_SECONDS = 10.0


class DumpFailed(Unavailable):
    """PostgreSQL's program refused; the message is what it said."""

    def __init__(self, program: str, said: str) -> None:
        super().__init__(f"{program} failed: {said.strip()}")
        self.program = program
        self.said = said


async def _nothing() -> None:
    pass


async def dump(
    address: str,
    to: Path,
    *,
    snapshot: str | None = None,
    meanwhile: Callable[[], Awaitable[None]] = _nothing,
) -> None:
    """Write the database to this new file, as it is now or as another session's ``snapshot`` is.

    ``meanwhile`` is called every few seconds while it lasts: a session that does nothing is ended.
    Raises `DumpFailed`; a file may be left then.
    """
    seen = () if snapshot is None else (f"--snapshot={snapshot}",)
    options = ("--format=custom", "--no-owner", "--no-privileges", f"--file={to}", *seen)
    await _run("pg_dump", address, *options, meanwhile=meanwhile)


async def load(address: str, dumped: Path) -> None:
    """Make the empty database what the file holds, or leave it empty; raises `DumpFailed`."""
    database = conninfo_to_dict(address)["dbname"]
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    await _run("pg_restore", address, *options, f"--dbname={database}", str(dumped))


def beside(address: str, database: str) -> str:
    """The address of another database of the same server."""
    return make_conninfo(address, dbname=database)


def place_of(address: str) -> str:
    """The address for people: no user, no password."""
    parts = conninfo_to_dict(address)
    return f"the database {parts.get('dbname')} at {parts.get('host') or 'this machine'}"


async def _run(
    program: str,
    address: str,
    *options: str,
    meanwhile: Callable[[], Awaitable[None]] = _nothing,
) -> None:
    tool = find_binaries(unprivileged_account()).tool(program)
    running = await asyncio.create_subprocess_exec(
        tool,
        *options,
        env=_environment(address),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        umask=0o077,
    )
    ending = asyncio.ensure_future(running.communicate())
    try:
        while not (await asyncio.wait({ending}, timeout=_BEAT_SECONDS))[0]:
            await meanwhile()
    except BaseException:
        running.kill()
        await asyncio.wait({ending})
        raise
    _, said = ending.result()
    if running.returncode:
        raise DumpFailed(program, said.decode(errors="replace"))


def _environment(address: str) -> Mapping[str, str]:
    parts = conninfo_to_dict(address)
    told = {_VARIABLES[name]: str(value) for name, value in parts.items() if name in _VARIABLES}
    return {"LC_ALL": "C", "PATH": os.defpath, **told}
