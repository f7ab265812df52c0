"""A server is killed (``kill -9``) at every boundary of an upload; nothing is left half-kept.

Afterwards the sweep's passes either bring the document on to ready or remove what is left of it.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from desk.clock import utc_now
from desk.documents.adding import add
from desk.documents.ending import empty_store
from desk.documents.going_on import check_waiting
from desk.documents.orphans import remove_orphans
from documents.store import StoreAway
from models.database import transaction
from models.documents.documents import Upload
from models.statements import execute
from rules.documents.states import DocumentState
from rules.values.document_kind import DocumentKind
from stack.local import ROOT
from support.document_files import EXAMPLES, costly_pdf
from support.documents import cut, files_below, put_a_file_there
from support.faults import until
from support.people import NOURA, register_people
from support.proofs import mostly_proofs
from support.scanner import listening, stand_in
from support.uploads import all_uploads, load_upload, name_a_shelf

LETTER = EXAMPLES / "employer-letter.pdf"
REPORT = EXAMPLES / "medical-report.pdf"
MINE = NOURA["registration_number"]
#: Whoever was checking a document is taken for dead; what has no row is old.
LONG_AFTER = timedelta(days=2)
_TESTS = Path(__file__).parent.parent
BEFORE_ITS_ROW = [
    ("stream", "half"),
    ("desk.documents.adding:_keep", "before"),
    ("desk.documents.adding:keep_upload", "before"),
    ("desk.documents.adding:keep_upload", "after"),
]
AFTER_ITS_ROW = [
    ("desk.documents.adding:_keep", "after"),
    ("desk.documents.checking:scan", "before"),
    ("desk.documents.checking:scan", "after"),
    ("desk.documents.checking:_scan", "after"),
    ("desk.documents.checking:make_pages", "before"),
    ("desk.documents.checking:make_pages", "after"),
    ("desk.documents.checking:_draw", "after"),
]


@pytest.fixture(autouse=True)
async def folder(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """People on file, and a store with one document that nothing happens to."""
    await register_people()
    folder = name_a_shelf(tmp_path, monkeypatch)
    await sent(LETTER)
    return folder


async def sent(content: Any) -> Upload:
    return await add(content, kind=DocumentKind.EMPLOYER_LETTER, owner=MINE)


async def a_process(*order: str) -> tuple[int, str]:
    """How a process ends that carries out this order, and what it said."""
    path = os.pathsep.join([str(ROOT), str(_TESTS)])
    command = [sys.executable, "-m", "support.dying_upload", *order, MINE]
    child = await asyncio.create_subprocess_exec(
        *command, env=os.environ | {"PYTHONPATH": path}, stdout=subprocess.PIPE
    )
    said, _ = await child.communicate()
    return child.returncode or 0, said.decode().strip()


async def the_sweep_passes() -> None:
    """What the worker's caretaker does, when enough time has gone by."""
    now = utc_now() + LONG_AFTER
    await check_waiting(now=now)
    await empty_store(now)
    await remove_orphans(now=now)


def in_store(folder: Path) -> dict[str, list[str]]:
    """What lies there of each document."""
    found: dict[str, list[str]] = {}
    for file in files_below(folder):
        found.setdefault(file.parent.name, []).append(file.name)
    return {name: sorted(files) for name, files in found.items()}


@pytest.mark.parametrize(("target", "when"), BEFORE_ITS_ROW)
async def test_what_died_before_its_row_is_removed(target: str, when: str, folder: Path) -> None:
    """Nobody was told that it was kept, and its key died with the process."""
    before = in_store(folder)

    ended = await a_process("add", target, when, str(REPORT))
    left = in_store(folder)
    await the_sweep_passes()

    assert ended == (-signal.SIGKILL, "")
    assert left != before
    assert in_store(folder) == before
    assert len(await all_uploads()) == 1


@pytest.mark.parametrize(("target", "when"), mostly_proofs(AFTER_ITS_ROW, but=AFTER_ITS_ROW[:2]))
async def test_what_died_after_its_row_comes_on(
    target: str, when: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it died: scanned, drawn, and whole. Nobody has to send it again."""
    async with listening(stand_in) as address:
        monkeypatch.setenv("MUMARIS_CLAMD", address)
        ended = await a_process("add", target, when, str(REPORT))
        await the_sweep_passes()

    assert ended == (-signal.SIGKILL, "")
    _, upload = await all_uploads()
    assert (upload.state, upload.scan, upload.pages) == (DocumentState.READY, "clean", 3)
    assert in_store(folder)[upload.id] == ["original", "page-1", "page-2", "page-3"]


async def test_what_died_between_its_key_and_the_store_is_removed(folder: Path) -> None:
    """It was destroyed with its key; the store is emptied by whoever sees it next."""
    upload = await sent(REPORT)
    target = "desk.documents.taking_back:emptied_if_it_can_be"

    ended = await a_process("take_back", target, "before", upload.id)
    died, held = await load_upload(upload.id), in_store(folder)
    await the_sweep_passes()

    assert ended == (-signal.SIGKILL, "")
    assert (died.state, died.wrapped_key) == (DocumentState.DESTROYED, None)
    assert upload.id in held
    assert upload.id not in in_store(folder)
    assert (await load_upload(upload.id)).content_removed_at is not None


async def test_a_disk_that_is_full_while_pages_are_kept_loses_nothing(folder: Path) -> None:
    """The letter was kept; its pages found no room, and are drawn when there is some again."""
    ended = await a_process("add", "full disk", "42000", str(REPORT))
    _, waits = await all_uploads()
    await the_sweep_passes()

    assert ended == (0, "unscanned")
    assert waits.state is DocumentState.UNSCANNED
    ready = await load_upload(waits.id)
    assert (ready.state, ready.pages) == (DocumentState.READY, 3)
    assert in_store(folder)[waits.id] == ["original", "page-1", "page-2", "page-3"]


async def test_a_disk_that_is_full_at_once_keeps_nothing(folder: Path) -> None:
    """The person hears that it was not kept."""
    before = in_store(folder)

    ended, _ = await a_process("add", "full disk", "20000", str(REPORT))

    assert ended != 0
    assert in_store(folder) == before
    assert len(await all_uploads()) == 1


@pytest.mark.parametrize("when", ["BEFORE INSERT ON uploads", "BEFORE INSERT ON upload_events"])
async def test_a_database_that_is_full_keeps_no_file(when: str, folder: Path) -> None:
    """PostgreSQL's own error (53100): the store is emptied of what has no row."""
    before = in_store(folder)
    await say(
        "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$"
    )
    await say(f"CREATE TRIGGER no_room {when} EXECUTE FUNCTION no_room()")

    with pytest.raises(DBAPIError):
        await sent(REPORT)

    assert in_store(folder) == before


async def say(statement: str) -> None:
    async with transaction() as session:
        await execute(session, text(statement))


async def test_a_store_that_nobody_answers_for_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket's address that leads nowhere: no row, and an answer in time."""
    for name, value in {
        "MUMARIS_DOCUMENTS": "s3://documents/mumaris",
        "AWS_ENDPOINT": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_REGION": "none",
    }.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(StoreAway):
        await sent(REPORT)

    assert len(await all_uploads()) == 1


async def test_a_folder_that_cannot_be_written_is_told(folder: Path) -> None:
    """No row; when it is back, the next one is kept."""
    put_a_file_there(folder)

    with pytest.raises(StoreAway):
        await sent(REPORT)

    assert len(await all_uploads()) == 1


async def test_a_drawing_that_was_killed_is_begun_again() -> None:
    """By whoever keeps house on the machine: it is not the file's fault."""
    upload = await meanwhile(sent(cut(costly_pdf())), kill_the_drawing)
    assert upload.state is DocumentState.UNSCANNED

    again = await meanwhile(the_sweep_passes(), kill_the_drawing)

    assert again is None
    assert (await load_upload(upload.id)).state is DocumentState.UNSCANNED


async def meanwhile(work: Awaitable[Any], what: Callable[[], bool]) -> Any:
    """What becomes of the work, while this is done once it can be."""
    doing = asyncio.ensure_future(work)
    await until(what, "it could be done")
    return await doing


def kill_the_drawing() -> bool:
    """Whether there was one."""
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text().split():
            if b"documents.rendering" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(int(pid), signal.SIGKILL)
                return True
    return False
