"""A worker as it is installed goes on with documents, and Prefect learns nothing of them."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import update

from desk.clock import utc_now
from desk.documents.adding import add
from models.database import transaction
from models.documents.documents import Upload
from rules.documents.states import DocumentState
from rules.values.document_kind import DocumentKind
from support.document_files import EXAMPLES
from support.faults import Parts, until
from support.people import register_applicant
from support.scanner import listening, stand_in
from support.uploads import load_upload, name_a_shelf

pytestmark = pytest.mark.timeout(600)
AN_HOUR = timedelta(hours=1)


async def test_two_workers_go_on_with_what_waited_for_a_scanner(
    parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody starts anything: it is house-keeping. Their logs know neither person nor file."""
    name_a_shelf(tmp_path, monkeypatch)
    applicant = await register_applicant()
    number = applicant.registration_number
    monkeypatch.setenv("MUMARIS_CLAMD", "127.0.0.1:9")
    file = tmp_path / "secret-name.pdf"
    file.write_bytes((EXAMPLES / "medical-report.pdf").read_bytes())
    uploads = [await add(file, kind=DocumentKind.EMPLOYER_LETTER, owner=number) for _ in range(4)]
    await an_hour_passes()

    async def all_ready() -> bool:
        found = [await load_upload(upload.id) for upload in uploads]
        return {each.state for each in found} == {DocumentState.READY}

    async with listening(stand_in) as address:
        with parts.worker(MUMARIS_CLAMD=address) as one, parts.worker(MUMARIS_CLAMD=address) as two:
            await until(all_ready, "all documents are ready", within=120)

    logs = one.log.read_text() + two.log.read_text()
    assert number not in logs
    assert "secret-name" not in logs


async def an_hour_passes() -> None:
    """Since they were last looked at."""
    async with transaction() as session:
        past = utc_now() - AN_HOUR
        await session.exec(update(Upload).values(checked_at=past, received_at=past))
