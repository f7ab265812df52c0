"""Making a backup, while everything goes on."""

import asyncio
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path

from desk.backups import folder as folders
from desk.backups.folder import Manifest
from desk.documents.keys import keys_in_use
from desk.documents.shelf import store
from models.connections import LONG, limited
from models.database import snapshot
from models.restoring import count_rows, export_snapshot, moment_of, stay_awake
from models.schema import needed_revision
from models.settings import DatabaseSettings
from stack.dumps import dump


async def back_up(to: Path, *, prefect: str | None, say: Callable[[str], None]) -> Manifest:
    """Write our database, Prefect's and the documents to this new folder; nothing is locked.

    Our database is the truth, and is written as it was at one moment. Prefect's (``prefect`` is its
    address; None leaves it out) and the documents are read right after it: what they hold more is
    nobody's, and what was destroyed meanwhile is destroyed again after a restore. Master keys are
    not in it. Cut off, the folder is no backup. Raises `BackupExists`, `stack.dumps.DumpFailed`,
    `documents.store.StoreAway` and what the database raises.
    """
    folders.begin(to)
    say("Our database")
    with limited(LONG):
        async with snapshot() as session:
            seen = await export_snapshot(session)
            moment, rows = await moment_of(session), await count_rows(session)
            await dump(
                DatabaseSettings().libpq_url(),
                to / folders.DATABASE,
                snapshot=seen,
                meanwhile=partial(stay_awake, session),
            )
    if prefect is not None:
        say("Prefect's database")
        await dump(prefect, to / folders.PREFECT)
    say("Documents")
    await _copy_documents(to / folders.DOCUMENTS)
    keys = await keys_in_use()
    manifest = Manifest(
        at=moment.at.isoformat(),
        version=version("mumaris"),
        schema=needed_revision(),
        last_line=moment.last_line,
        last_at=None if moment.last_at is None else moment.last_at.isoformat(),
        rows=rows,
        keys=tuple(sorted(keys.wrapped)),
        files=await asyncio.to_thread(folders.digests, to),
    )
    folders.finish(to, manifest)
    return manifest


async def _copy_documents(to: Path) -> None:
    kept = store()
    async for name in kept.names():
        path = to / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with folders.new_file(path) as file:
            async for piece in kept.read(name):
                await asyncio.to_thread(file.write, piece)
