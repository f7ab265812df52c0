"""Restoring a backup, and what was true only in the time that is lost."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from desk.backups import folder as folders
from desk.backups.folder import Manifest
from desk.documents.shelf import store
from models.connections import LONG, limited
from models.database import transaction
from models.restoring import Moment, close_what_opens, count_rows, is_empty, moment_of, skip_numbers
from models.schema import needed_revision
from rules.errors import Conflict
from stack.dumps import load

logger = logging.getLogger("mumaris.backups")


class DatabaseNotEmpty(Conflict):
    """A backup is restored into a new, empty database; this one has tables."""


class MadeByAnotherVersion(Conflict):
    """The backup has another schema than this version of the program."""

    def __init__(self, made_by: str, schema: str) -> None:
        super().__init__(
            f"the backup was made by version {made_by} with schema {schema}, "
            f"this one knows {needed_revision()}: restore with that version, then upgrade"
        )
        self.made_by = made_by
        self.schema = schema


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What was done beyond putting back."""

    #: Sessions and links that open nothing any more.
    closed: Mapping[str, int]
    #: Where each counter of numbers goes on from.
    counters: Mapping[str, int]
    #: Tables whose rows are not as many as the backup says: its number, and the one here.
    differing: Mapping[str, tuple[int, int]]


async def restore(
    backup: Path, *, to: str, prefect: str | None, say: Callable[[str], None]
) -> Manifest:
    """Put a whole backup into these empty databases and the documents into our store.

    All or nothing for each database. Where Prefect's has no address or is not in the backup, it is
    left out: the sweep makes every run anew that a request needs. Raises `NotABackup`,
    `MadeByAnotherVersion`, `DatabaseNotEmpty`, `stack.dumps.DumpFailed`, `StoreAway`.
    """
    say("Checking the backup")
    manifest = folders.read(backup)
    if manifest.schema != needed_revision():
        raise MadeByAnotherVersion(manifest.version, manifest.schema)
    with_prefect = prefect if folders.PREFECT in manifest.files else None
    for address in filter(None, (to, with_prefect)):
        if not await is_empty(address):
            raise DatabaseNotEmpty
    say("Our database")
    await load(to, backup / folders.DATABASE)
    if with_prefect is not None:
        say("Prefect's database")
        await load(with_prefect, backup / folders.PREFECT)
    return manifest


async def restore_documents(backup: Path, manifest: Manifest) -> None:
    """Put the documents back; those that are in the store already are written again."""
    kept = store()
    for name in manifest.files:
        if name.startswith(f"{folders.DOCUMENTS}/"):
            await kept.put(name.removeprefix(f"{folders.DOCUMENTS}/"), _pieces_of(backup / name))


async def moment() -> Moment:
    """How far the database in use has come."""
    async with transaction() as session:
        return await moment_of(session)


async def begin_again(manifest: Manifest, *, skip: int, now: datetime) -> Restored:
    """Make a restored database safe to go on with; before any process of ours starts.

    Numbers that were issued in the lost time are never issued again: every counter moves on by
    ``skip``, and the gap is told in the log. Whoever signed out, changed a password or used a link
    in the lost time is not undone: all sessions and links of accounts are over. Links in e-mails of
    the lost time are not known; e-mails that are owed leave under the Message-ID that they had.
    """
    with limited(LONG):
        async with transaction() as session:
            rows = await count_rows(session)
            closed = await close_what_opens(session, now=now)
            counters = await skip_numbers(session, skip)
    for counter, last in counters.items():
        logger.warning(
            "restored: %s goes on after %d; %d numbers are left out", counter, last, skip
        )
    return Restored(
        closed=closed,
        counters=counters,
        differing={
            table: (number, rows.get(table, 0))
            for table, number in manifest.rows.items()
            if rows.get(table, 0) != number
        },
    )


async def _pieces_of(path: Path) -> AsyncIterator[bytes]:
    """The bytes of a file."""
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, 1024 * 1024):
            yield piece
