"""A run that is killed (``kill -9``) while it ends documents: nothing is half-destroyed."""

import signal
from datetime import timedelta
from pathlib import Path

import pytest

from desk.clock import utc_now
from desk.documents.ending import destroy_due, empty_store
from models.documents.documents import Upload
from rules.documents.states import DocumentState
from support.documents import files_below
from support.dying import killed_at
from support.proofs import mostly_proofs
from support.shelved import certificates, dump, row, shelved, stored

WORK = "support.dying:end_documents"


async def ended() -> list[Upload]:
    """Three documents that nobody names, kept until a week from now."""
    return [await shelved(utc_now()) for _ in range(3)]


async def is_whole(upload: Upload) -> bool:
    """Either nothing has happened to it, or it is destroyed with its certificate."""
    now, certified = await row(upload), await certificates(upload)
    if now.state is DocumentState.READY:
        return now.wrapped_key is not None and not certified
    return now.state is DocumentState.DESTROYED and not now.wrapped_key and len(certified) == 1


BOUNDARIES = [
    ("desk.documents.ending:move_upload", "before", 0, 0),
    # Its transaction is not through.
    ("desk.documents.ending:move_upload", "after", 0, 0),
    ("desk.documents.ending:_destroy_one", "after", 1, 0),
    ("support.dying:empty_store", "before", 3, 0),
    # The store is empty, and no row says so yet.
    ("desk.documents.ending:note_removed", "before", 3, 3),
    ("desk.documents.ending:note_removed", "after", 3, 3),
]


@pytest.mark.parametrize(
    ("boundary", "when", "destroyed", "emptied"),
    mostly_proofs(BOUNDARIES, but=[BOUNDARIES[2], BOUNDARIES[4]]),
)
async def test_what_a_killed_run_left_the_next_one_brings_to_its_end(
    folder: Path, database: str, boundary: str, when: str, destroyed: int, emptied: int
) -> None:
    """Each document destroyed once, with one certificate; and then nothing of it is anywhere."""
    uploads = await ended()
    keys = [str(each.wrapped_key).encode() for each in uploads]

    code = await killed_at(boundary, when, work=WORK)
    states = [(await row(each)).state for each in uploads]
    whole = [await is_whole(each) for each in uploads]
    left = [stored(folder, each) for each in uploads]
    later = utc_now() + timedelta(days=31)
    await destroy_due(later)
    await empty_store(later)

    everything = b"".join([piece async for piece in dump(database)])
    assert code == -signal.SIGKILL
    assert whole == [True] * 3
    assert states.count(DocumentState.DESTROYED) == destroyed
    assert left.count([]) == emptied
    assert len(await certificates()) == 3
    assert [(await row(each)).content_removed_at is not None for each in uploads] == [True] * 3
    assert list(files_below(folder)) == []
    assert [key for key in keys if key in everything] == []
