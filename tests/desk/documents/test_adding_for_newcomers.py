"""Somebody who is not on the register sends a file: it is their mailbox's, and nobody else's."""

import asyncio
from pathlib import Path

import pytest

from desk.documents.adding import add_for_newcomer
from desk.documents.faults import UploadRefused
from models.database import transaction
from models.documents.documents import Upload, lock_uploads
from models.newcomers import find_newcomer
from rules.documents.states import DocumentState
from rules.values.document_kind import DocumentKind
from support.document_files import EXAMPLES, REFUSED
from support.policies import policy_with
from support.racing import until_somebody_waits
from support.requests import NOW
from support.uploads import name_a_shelf

LAYLA, OTHER = "layla@example.org", "other@example.org"
LETTER = EXAMPLES / "employer-letter.pdf"

pytestmark = pytest.mark.usefixtures("database", "shelf")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place for documents."""
    name_a_shelf(tmp_path, monkeypatch)


async def sent_by(mailbox: str, file: Path = LETTER) -> Upload:
    """An employer's letter."""
    return await add_for_newcomer(file, kind=DocumentKind.EMPLOYER_LETTER, mailbox=mailbox, now=NOW)


async def test_a_file_is_kept_and_checked_as_anybody_s_is() -> None:
    """It is ready, and names the newcomer in the place of a practitioner."""
    kept = await sent_by(LAYLA)

    async with transaction() as session:
        newcomer = await find_newcomer(session, LAYLA)
    assert newcomer is not None
    assert (kept.owner_id, kept.newcomer_id) == (None, newcomer.id)
    assert kept.state is DocumentState.READY


async def test_somebody_else_s_mailbox_has_nothing_of_it() -> None:
    """What one newcomer sent is not found among another's."""
    kept = await sent_by(LAYLA)
    await sent_by(OTHER)

    async with transaction() as session:
        other = await find_newcomer(session, OTHER)
        assert other is not None
        assert await lock_uploads(session, [kept.id], other.id) == []


async def test_files_of_a_day_are_limited_for_each_mailbox(tmp_path: Path) -> None:
    """Of many at once the last of a day is one: the row is locked. Another newcomer goes on."""
    with policy_with(tmp_path, ("uploads_a_day = 60", "uploads_a_day = 2")):
        await sent_by(LAYLA)
        async with transaction() as session:
            await find_newcomer(session, LAYLA, lock=True)
            sending = [asyncio.create_task(sent_by(LAYLA)) for _ in range(3)]
            await until_somebody_waits()
        ended = await asyncio.gather(*sending, return_exceptions=True)
        await sent_by(OTHER)

    refused = [each for each in ended if isinstance(each, UploadRefused)]
    assert [each.problems[0].code for each in refused] == ["too_many_uploads"] * 2


async def test_what_is_no_document_is_refused() -> None:
    """And nothing of it is kept."""
    with pytest.raises(UploadRefused):
        await sent_by(LAYLA, REFUSED / "a-program.pdf")
