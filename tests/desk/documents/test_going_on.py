"""What was interrupted goes on: with the scanner back, after a death, by one of several passes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, update

from desk.documents.adding import add
from desk.documents.going_on import check_waiting
from models.database import transaction
from models.documents.documents import Upload
from rules.documents.states import DocumentState
from rules.values.document_kind import DocumentKind
from support.document_files import EXAMPLES
from support.documents import there_is
from support.people import NOURA
from support.requests import NOW
from support.scanner import Behaviour, listening, stand_in
from support.uploads import load_upload

pytestmark = pytest.mark.usefixtures("folder")
LETTER = EXAMPLES / "employer-letter.pdf"
MINE = NOURA["registration_number"]
LATER = NOW + timedelta(hours=1)
LEASE = timedelta(minutes=2)


@asynccontextmanager
async def scanner(behaviour: Behaviour) -> AsyncIterator[None]:
    """A scanner that behaves so is named by the environment."""
    async with listening(behaviour) as address:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MUMARIS_CLAMD", address)
            yield


async def sent(content: Any = LETTER, *, now: datetime = NOW) -> Upload:
    return await add(content, kind=DocumentKind.EMPLOYER_LETTER, owner=MINE, now=now)


async def set_row(upload: Upload, **values: Any) -> None:
    """Put an upload where a test wants it."""
    async with transaction() as session:
        await session.exec(update(Upload).where(col(Upload.id) == upload.id).values(**values))


async def waiting(monkeypatch: pytest.MonkeyPatch) -> Upload:
    """A letter that was sent while the scanner was away."""
    monkeypatch.setenv("MUMARIS_CLAMD", "127.0.0.1:9")
    return await sent()


async def test_where_nobody_sent_a_file_nothing_is_done(folder: Path) -> None:
    """No store is looked for, and no folder made."""
    assert await check_waiting(now=NOW) == 0
    assert not there_is(folder)


async def test_a_document_waits_for_a_scanner_that_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Kept, and not taken as clean; when the scanner is back it becomes ready."""
    upload = await waiting(monkeypatch)
    assert (upload.state, upload.scan) == (DocumentState.UNSCANNED, "away")

    async with scanner(stand_in):
        assert await check_waiting(now=LATER) == 1

    ready = await load_upload(upload.id)
    assert (ready.state, ready.scan, ready.pages) == (DocumentState.READY, "clean", 1)
