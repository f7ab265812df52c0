"""What `mumaris backup` and `mumaris restore` do; imported when they run."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from cli.asking import confirm
from cli.running import run, use_database
from cli.show.output import print_json, show_facts
from desk.backups.folder import Manifest
from desk.backups.making import back_up
from desk.backups.restoring import Restored, begin_again, moment, restore_documents
from desk.backups.restoring import restore as put_back
from desk.clock import utc_now
from models.database import close_engine, is_passing
from models.restoring import Moment
from models.settings import DatabaseNotConfigured, DatabaseSettings, libpq_url
from rules.errors import Unavailable
from stack.dumps import beside, place_of
from stack.postgres import EmbeddedPostgres
from stack.running import running_stacks

_PREFECT = "PREFECT_API_DATABASE_CONNECTION_URL"


def backup(folder: Path, *, as_json: bool) -> None:
    """Make one, and say what is in it."""
    use_database()
    prefect = _prefect()
    made = run(lambda: back_up(folder, prefect=prefect, say=_say))
    if as_json:
        print_json({"folder": str(folder), **_json(made)})
        return
    show_facts([*_facts(made), ("Prefect's database", "in it" if prefect else "left out")])
    typer.echo(f"Master keys are not in it: keep a copy of theirs apart ({', '.join(made.keys)}).")


def restore(folder: Path, *, skip: int, yes: bool, as_json: bool) -> None:
    """Put it back, after a question."""
    if not os.environ.get("DATABASE_URL"):
        raise DatabaseNotConfigured("set DATABASE_URL to the empty database that is to be filled")
    to = DatabaseSettings().libpq_url()
    confirm(f"Fill {place_of(to)} from {folder}?", yes=yes)
    manifest = asyncio.run(put_back(folder, to=to, prefect=_prefect(), say=_say))

    async def go_on() -> Restored:
        _say("Documents")
        await restore_documents(folder, manifest)
        return await begin_again(manifest, skip=skip, now=utc_now())

    restored = run(go_on)
    _tell(manifest, restored, as_json=as_json)
    if not as_json:
        typer.echo("Next: put the master keys in place, run `mumaris doctor`, then start.")


def rehearse(folder: Path, *, skip: int, as_json: bool) -> None:
    """Restore into a cluster that is thrown away, and say what would be lost of the one in use."""
    living = _living()

    async def tried(to: str) -> tuple[Manifest, Restored, Moment]:
        try:
            manifest = await put_back(folder, to=to, prefect=None, say=_say)
            shown = await moment()
            return manifest, await begin_again(manifest, skip=skip, now=utc_now()), shown
        finally:
            await close_engine()

    with (
        tempfile.TemporaryDirectory(prefix="mumaris-rehearsal-") as scratch,
        EmbeddedPostgres(Path(scratch) / "postgres", durable=False) as server,
    ):
        server.create_database("mumaris")
        to = server.url("mumaris")
        with _database(to):
            manifest, restored, shown = asyncio.run(tried(to))
    lost = None if living is None else living.last_line - shown.last_line
    _tell(manifest, restored, as_json=as_json, lost=lost, until=living and living.last_at)


def _living() -> Moment | None:
    """How far the database in use has come; None where it is away, which is why one rehearses."""
    try:
        return run(moment)
    except Exception as error:
        if not (isinstance(error, Unavailable) or is_passing(error)):
            raise
        typer.echo(f"The database in use cannot be asked ({type(error).__name__}).", err=True)
        return None


@contextmanager
def _database(address: str) -> Iterator[None]:
    """What is opened meanwhile is this database."""
    before = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = address
    try:
        yield
    finally:
        if before is None:
            del os.environ["DATABASE_URL"]
        else:
            os.environ["DATABASE_URL"] = before


def _prefect() -> str | None:
    """The address of Prefect's database; of a local stack it is beside ours."""
    if named := os.environ.get(_PREFECT):
        return libpq_url(named)
    named = os.environ.get("DATABASE_URL")
    if all(stack.database_url != named for stack in running_stacks().values()):
        return None
    return beside(DatabaseSettings().libpq_url(), "prefect")


def _tell(
    manifest: Manifest,
    restored: Restored,
    *,
    as_json: bool,
    lost: int | None = None,
    until: datetime | None = None,
) -> None:
    if as_json:
        print_json({**_json(manifest), **asdict(restored), "lines_lost": lost})
        return
    facts = [
        *_facts(manifest),
        ("Ended", ", ".join(f"{count:,} {what}" for what, count in restored.closed.items())),
        *(
            (f"Numbers of {counter}", f"go on after {last:,}")
            for counter, last in restored.counters.items()
        ),
        ("Rows", _said_of_rows(restored)),
    ]
    if lost is not None:
        facts.append(("Would be lost", _said_of_loss(lost, until)))
    show_facts(facts)


def _said_of_loss(lines: int, until: datetime | None) -> str:
    if not lines:
        return "nothing of requests' histories"
    since = "" if until is None else f", the last one of {until:%Y-%m-%d %H:%M} UTC"
    return f"{lines:,} lines of requests' histories{since}"


def _said_of_rows(restored: Restored) -> str:
    if not restored.differing:
        return "as many in each table as the backup says"
    return "; ".join(
        f"{table}: {here:,} of {said:,}" for table, (said, here) in restored.differing.items()
    )


def _facts(manifest: Manifest) -> list[tuple[str, str]]:
    return [
        ("Shows", f"{manifest.instant:%Y-%m-%d %H:%M:%S} UTC"),
        ("Version", f"{manifest.version}, schema {manifest.schema}"),
        ("Requests", f"{manifest.rows['requests']:,}"),
        ("Documents' objects", f"{manifest.documents:,}"),
    ]


def _json(manifest: Manifest) -> dict[str, Any]:
    return {
        "at": manifest.at,
        "version": manifest.version,
        "schema": manifest.schema,
        "last_line": manifest.last_line,
        "rows": dict(manifest.rows),
        "documents": manifest.documents,
        "keys": list(manifest.keys),
    }


def _say(what: str) -> None:
    typer.echo(f"{what} …", err=True)
