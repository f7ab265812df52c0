"""The run that ends documents as operations see it, and the pass that goes with decisions."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State

from desk.clock import utc_now
from desk.documents import ending
from documents.keys import new_master_key
from flows.document_retention import document_retention
from flows.sweep import documents_pass
from models.database import transaction
from models.last_times import Recurring, last_times
from rules.documents.retention import EndRule
from rules.documents.states import DocumentState
from rules.values.document_kind import DocumentKind
from support.flow_runs import artifacts_of, name_of
from support.people import NOURA, register_people
from support.requests import NOW, rejected, request_at_gate
from support.shelved import certificates, name, row, shelved, stored

# Prefect leaves the sockets of its clients to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
LETTER, REPORT = DocumentKind.EMPLOYER_LETTER, DocumentKind.MEDICAL_REPORT
#: So long ago that nobody's document of then is kept unused.
LONG_AGO = utc_now() - timedelta(days=31)


@pytest.fixture
async def folder(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """People on file, and a store of their documents."""
    folder = tmp_path / "documents"
    monkeypatch.setenv("MUMARIS_DOCUMENTS", folder.as_uri())
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    await register_people()
    return folder


async def run_flow(*, dry_run: bool = False) -> State[Any]:
    state: State[Any] = await document_retention(dry_run=dry_run, return_state=True)
    return state


async def noted() -> bool:
    """Whether a whole run was."""
    async with transaction() as session:
        return Recurring.DOCUMENT_RETENTION in await last_times(session)


async def test_operations_see_what_a_run_destroyed(folder: Path, prefect_api: None) -> None:
    """A count in its name, and a table by kind and rule."""
    due = [await shelved(LONG_AGO), await shelved(LONG_AGO), await shelved(LONG_AGO, REPORT)]
    new = await shelved(utc_now())

    state = await run_flow()

    (table,) = await artifacts_of(state, "document-retention")
    assert state.is_completed()
    assert state.message == "3 destroyed, 3 removed from the store"
    assert await name_of(state) == "document-retention: 3 destroyed"
    assert json.loads(table.data) == [
        {"kind": "employer letter", "rule": "unused", "destroyed": 2},
        {"kind": "medical report", "rule": "unused", "destroyed": 1},
    ]
    assert [stored(folder, each) for each in due] == [[], [], []]
    assert (await row(new)).state is DocumentState.READY
    assert await noted()


async def test_a_run_that_finds_nothing_says_so(folder: Path, prefect_api: None) -> None:
    """As the later one of two does."""
    await shelved(LONG_AGO)
    await run_flow()

    state = await run_flow()

    (table,) = await artifacts_of(state, "document-retention")
    assert state.message == "0 destroyed, 0 removed from the store"
    assert json.loads(table.data) == [{"kind": "nothing was due"}]


async def test_a_rehearsal_says_what_would_be_destroyed(folder: Path, prefect_api: None) -> None:
    """And destroys nothing; it is not taken for a run."""
    upload = await shelved(LONG_AGO)

    state = await run_flow(dry_run=True)

    (table,) = await artifacts_of(state, "document-retention")
    assert (state.name, state.is_completed()) == ("Rehearsed", True)
    assert state.message == "nothing was changed: 1 would be destroyed"
    assert await name_of(state) == "document-retention: rehearsed, 1 would be destroyed"
    assert json.loads(table.data) == [
        {"kind": "employer letter", "rule": "unused", "would be destroyed": 1}
    ]
    assert (await row(upload)).state is DocumentState.READY
    assert stored(folder, upload) == ["original", "page-1"]
    assert not await noted()


async def test_a_store_that_cannot_be_emptied_is_heard_of(folder: Path, prefect_api: None) -> None:
    """The run is red, and says that the documents are destroyed all the same."""
    upload = await shelved(LONG_AGO)
    elsewhere = folder.parent / "elsewhere"
    (folder / upload.id).rename(elsewhere)
    (folder / upload.id).symlink_to(elsewhere)  # a folder that the store will not remove

    state = await run_flow()

    assert state.is_failed()
    assert "1 destroyed, 0 removed from the store; the store may still hold 1" in str(state.message)
    assert (await row(upload)).wrapped_key is None


async def test_one_that_cannot_be_destroyed_is_heard_of(
    folder: Path, prefect_api: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are destroyed, and the run is red."""
    first, second = await shelved(LONG_AGO), await shelved(LONG_AGO)
    destroy_one = ending._destroy_one

    async def fails_for_one(upload_id: str, now: Any) -> EndRule | None:
        if upload_id == first.id:
            raise RuntimeError(upload_id)
        return await destroy_one(upload_id, now)

    monkeypatch.setattr(ending, "_destroy_one", fails_for_one)
    state = await run_flow()

    assert state.is_failed()
    assert "1 could not be destroyed" in str(state.message)
    assert (await row(second)).state is DocumentState.DESTROYED


async def test_prefect_learns_nothing_of_any_document(folder: Path, prefect_api: None) -> None:
    """No id, digest or person in the run, its state or its artifacts."""
    upload = await shelved(LONG_AGO)

    state = await run_flow()

    async with get_client() as client:
        run = await client.read_flow_run(state.state_details.flow_run_id)
    shown = run.model_dump_json() + str(await artifacts_of(state, "document-retention"))
    told = [upload.id, upload.sha256, NOURA["registration_number"], str(upload.owner_id)]
    assert [each for each in told if each in shown] == []


async def test_the_pass_destroys_what_a_decision_ends(folder: Path) -> None:
    """Content and all, without a run in Prefect."""
    report, unused = await shelved(NOW, REPORT), await shelved(LONG_AGO)
    code = await request_at_gate()
    await name(code, report, now=NOW)
    await documents_pass()
    before = await row(report)

    await rejected(code, utc_now() - timedelta(seconds=1))
    await documents_pass()

    (certificate,) = await certificates()
    assert before.state is DocumentState.READY
    assert (certificate.upload_id, certificate.rule) == (report.id, EndRule.DECIDED)
    assert stored(folder, report) == []
    assert (await row(unused)).state is DocumentState.READY


async def test_a_pass_without_documents_makes_no_store(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has nothing to look for there."""
    monkeypatch.setenv("MUMARIS_HOME", str(tmp_path / "home"))

    await documents_pass()

    assert not (tmp_path / "home").exists()
