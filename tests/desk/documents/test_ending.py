"""Documents whose day has come: destroyed once, certified once, and gone from the store."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desk.documents import ending
from desk.documents.ending import (
    Counted,
    Emptied,
    destroy_decided,
    destroy_due,
    due,
    empty_store,
)
from desk.documents.shelf import shelf
from desk.requests.withdrawal import withdraw
from documents.receiving import content_of
from models.database import transaction
from models.documents.documents import Upload, find_upload, history_of_upload
from rules.documents.retention import EndRule
from rules.documents.states import DocumentActor, DocumentState
from rules.values.document_kind import DocumentKind
from support.documents import files_below, whole
from support.people import specialty_change
from support.policies import policy_with
from support.requests import NOW, rejected, request_at_gate
from support.shelved import CONTENT, certificates, dump, name, row, shelved, stored

LETTER, REPORT = DocumentKind.EMPLOYER_LETTER, DocumentKind.MEDICAL_REPORT
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
UNUSED = timedelta(days=30)
KEPT = timedelta(days=365)


async def opened(upload: Upload) -> bytes:
    here = shelf()
    key = str(upload.wrapped_key)
    return await whole(content_of(here.store, here.keys, document_id=upload.id, wrapped_key=key))


async def test_what_no_request_names_ends_after_its_days(folder: Path) -> None:
    """To the microsecond; until then it opens, and afterwards there is nothing left to open."""
    upload = await shelved(NOW)

    early = await destroy_due(NOW + UNUSED - MOMENT)
    content = await opened(await row(upload))
    on_time = await destroy_due(NOW + UNUSED)
    emptied = await empty_store(NOW + UNUSED)

    assert (early.destroyed, early.failed) == (Counted(), 0)
    assert CONTENT in content
    assert on_time.destroyed == {(LETTER, EndRule.UNUSED): 1}
    assert emptied == Emptied(removed=1, left=0)
    assert stored(folder, upload) == []


async def test_the_row_its_history_and_a_certificate_stay(folder: Path) -> None:
    """What was destroyed, when and why; and nothing of its content or key."""
    upload = await shelved(NOW)
    at = NOW + UNUSED + DAY

    await destroy_due(at)
    await empty_store(at)

    kept = await row(upload)
    (certificate,) = await certificates(upload)
    async with transaction() as session:
        *_, last = await history_of_upload(session, upload.id)
    assert (kept.state, kept.state_since) == (DocumentState.DESTROYED, at)
    assert (kept.wrapped_key, kept.content_removed_at) == (None, at)
    assert (kept.sha256, kept.size_bytes, kept.kind) == (
        upload.sha256,
        upload.size_bytes,
        upload.kind,
    )
    assert (certificate.kind, certificate.sha256, certificate.size_bytes) == (
        LETTER,
        upload.sha256,
        upload.size_bytes,
    )
    assert (certificate.rule, certificate.destroyed_at) == (EndRule.UNUSED, at)
    assert (certificate.reason, certificate.ordered_by) == (None, None)
    assert (last.from_state, last.to_state) == (DocumentState.READY, DocumentState.DESTROYED)
    assert (last.actor_kind, last.actor) == (DocumentActor.CLOCK, None)


@pytest.mark.parametrize("state", [DocumentState.RECEIVED, DocumentState.CLEAN])
async def test_what_was_never_ready_ends_as_well(folder: Path, state: DocumentState) -> None:
    """Its scanner was away for a week."""
    upload = await shelved(NOW, state=state)

    await destroy_due(NOW + UNUSED)

    assert (await row(upload)).state is DocumentState.DESTROYED


async def test_a_replaced_document_ends_at_once(folder: Path) -> None:
    """No request named it."""
    upload = await shelved(NOW, state=DocumentState.REPLACED)

    ended = await destroy_due(NOW)

    assert ended.destroyed == {(LETTER, EndRule.REPLACED): 1}
    assert (await row(upload)).state is DocumentState.DESTROYED


async def test_look_and_destroy_ends_with_the_decision_and_keep_later(folder: Path) -> None:
    """A rejection ends the request too: one goes then, the other after its days."""
    report, letter = await shelved(NOW, REPORT), await shelved(NOW, LETTER)
    code = await request_at_gate()
    await name(code, report, letter, now=NOW)
    await destroy_due(NOW + 30 * DAY)
    before = [(await row(each)).state for each in (report, letter)]

    await rejected(code, NOW + 40 * DAY)
    at_once = await destroy_due(NOW + 40 * DAY)
    almost = await destroy_due(NOW + 40 * DAY + KEPT - MOMENT)
    later = await destroy_due(NOW + 40 * DAY + KEPT)

    assert before == [DocumentState.READY, DocumentState.READY]
    assert at_once.destroyed == {(REPORT, EndRule.DECIDED): 1}
    assert almost.destroyed == {}
    assert later.destroyed == {(LETTER, EndRule.KEPT_LONG_ENOUGH): 1}


async def test_a_withdrawn_request_lets_go_of_its_documents(folder: Path) -> None:
    """As a decision does."""
    report = await shelved(NOW, REPORT)
    code = await request_at_gate()
    await name(code, report, now=NOW)

    await withdraw(code, now=NOW + DAY)

    assert await due(NOW + DAY) == {(REPORT, EndRule.DECIDED): 1}


async def test_a_document_of_two_requests_waits_for_both(folder: Path) -> None:
    """The last decision counts."""
    report = await shelved(NOW, REPORT)
    first = await request_at_gate()
    await name(first, report, now=NOW)
    await rejected(first, NOW + DAY)
    again = specialty_change(NOW.date(), idempotency_key="noura-specialty-2")
    second = await request_at_gate(again)
    await name(second, report, now=NOW + DAY)

    early = await destroy_decided(NOW + 2 * DAY)
    await rejected(second, NOW + 3 * DAY)
    late = await destroy_decided(NOW + 3 * DAY)

    assert early.destroyed == {}
    assert late.destroyed == {(REPORT, EndRule.DECIDED): 1}


async def test_the_quick_pass_takes_what_is_decided_and_nothing_else(folder: Path) -> None:
    """An unused document, and one that is kept, wait for the hourly run."""
    unused, letter, report = (
        await shelved(NOW, REPORT),
        await shelved(NOW, LETTER),
        await shelved(NOW, REPORT),
    )
    code = await request_at_gate()
    await name(code, letter, report, now=NOW)
    await rejected(code, NOW)

    ended = await destroy_decided(NOW + KEPT)

    assert ended.destroyed == {(REPORT, EndRule.DECIDED): 1}
    assert (await row(report)).state is DocumentState.DESTROYED
    assert [(await row(each)).state for each in (unused, letter)] == [DocumentState.READY] * 2


async def test_a_rehearsal_changes_nothing(folder: Path, database: str) -> None:
    """It counts what a pass would destroy, by kind and rule."""
    await shelved(NOW, REPORT)
    await shelved(NOW, REPORT, state=DocumentState.REPLACED)
    await shelved(NOW, LETTER)
    before = b"".join([piece async for piece in dump(database)])
    files = sorted(files_below(folder))

    counted = await due(NOW + UNUSED)

    assert counted == {
        (REPORT, EndRule.UNUSED): 1,
        (REPORT, EndRule.REPLACED): 1,
        (LETTER, EndRule.UNUSED): 1,
    }
    assert b"".join([piece async for piece in dump(database)]) == before
    assert sorted(files_below(folder)) == files


@pytest.mark.parametrize(
    ("days", "destroyed"), [(30, DocumentState.DESTROYED), (366, DocumentState.READY)]
)
async def test_policy_as_it_is_now_counts(
    folder: Path, tmp_path: Path, days: int, destroyed: DocumentState
) -> None:
    """Shorter or longer, also for what was sent before it changed."""
    letter = await shelved(NOW)
    code = await request_at_gate()
    await name(code, letter, now=NOW)
    await rejected(code, NOW)
    at = NOW + (timedelta(days=30) if days < 365 else KEPT)
    change = 'employer_letter = { rule = "keep", days = 365 }'

    with policy_with(tmp_path, (change, change.replace("365", str(days)))):
        await destroy_due(at - MOMENT)
        before = (await row(letter)).state
        await destroy_due(at)

    assert before is DocumentState.READY
    assert (await row(letter)).state is destroyed


async def test_a_kind_that_is_not_taken_any_more_goes_with_its_decision(
    folder: Path, tmp_path: Path
) -> None:
    """Not before: officers look at what is here."""
    letter, other = await shelved(NOW), await shelved(NOW)
    code = await request_at_gate()
    await name(code, letter, other, now=NOW)
    change = 'employer_letter = { rule = "keep", days = 365 }'

    with policy_with(tmp_path, (change, 'employer_letter = { rule = "never_accept" }')):
        early = await destroy_decided(NOW + DAY)
        await rejected(code, NOW + DAY)
        late = await destroy_decided(NOW + DAY)

    assert early.destroyed == {}
    assert late.destroyed == {(LETTER, EndRule.DECIDED): 2}


async def test_two_passes_at_once_destroy_each_document_once(folder: Path) -> None:
    """One certificate each, whoever was faster."""
    uploads = [await shelved(NOW) for _ in range(12)]
    at = NOW + UNUSED

    passes = await asyncio.gather(*(destroy_due(at) for _ in range(4)))
    emptied = await asyncio.gather(*(empty_store(at) for _ in range(4)))

    destroyed = sum((each.destroyed for each in passes), Counted())
    assert destroyed == {(LETTER, EndRule.UNUSED): 12}
    assert [each.failed for each in passes] == [0] * 4
    assert sum(each.removed for each in emptied) == 12
    assert len(await certificates()) == 12
    assert {(await row(each)).state for each in uploads} == {DocumentState.DESTROYED}
    assert list(files_below(folder)) == []


async def test_a_document_that_somebody_is_at_is_left_to_the_next_pass(folder: Path) -> None:
    """Nobody waits for a row: a submission that names it just now decides first."""
    upload = await shelved(NOW)
    async with transaction() as session:
        await find_upload(session, upload.id, lock=True)
        meanwhile = await destroy_due(NOW + UNUSED)

    afterwards = await destroy_due(NOW + UNUSED)

    assert (meanwhile.destroyed, meanwhile.failed) == ({}, 0)
    assert afterwards.destroyed == {(LETTER, EndRule.UNUSED): 1}


@pytest.mark.parametrize("ends", [False, True], ids=["open", "ended"])
async def test_what_was_named_since_it_was_looked_at_is_not_destroyed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, ends: bool
) -> None:
    """It is judged anew with its row locked: nobody knows its day yet, or it is a year away."""
    upload = await shelved(NOW)
    code = await request_at_gate()
    destroy_one = ending._destroy_one

    async def named_just_before(upload_id: str, now: datetime) -> EndRule | None:
        await name(code, upload, now=now)
        if ends:
            await rejected(code, now)
        return await destroy_one(upload_id, now)

    monkeypatch.setattr(ending, "_destroy_one", named_just_before)
    ended = await destroy_due(NOW + UNUSED)

    assert ended.destroyed == {}
    assert (await row(upload)).state is DocumentState.READY


async def test_one_that_fails_holds_up_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is counted, and the log says what sort of error, and nothing of the document."""
    first, second = sorted([await shelved(NOW), await shelved(NOW)], key=lambda each: each.id)
    destroy_one = ending._destroy_one

    async def fails_for_the_first(upload_id: str, now: datetime) -> EndRule | None:
        if upload_id == first.id:
            raise RuntimeError(upload_id)
        return await destroy_one(upload_id, now)

    monkeypatch.setattr(ending, "_destroy_one", fails_for_the_first)
    ended = await destroy_due(NOW + UNUSED)

    assert (ended.destroyed, ended.failed) == ({(LETTER, EndRule.UNUSED): 1}, 1)
    assert (await row(second)).state is DocumentState.DESTROYED
    assert "RuntimeError" in caplog.text
    assert first.id not in caplog.text


async def test_a_store_that_is_away_delays_its_emptying_and_not_the_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is gone: nobody opens what is left, and the next pass removes it."""
    uploads = [await shelved(NOW) for _ in range(10)]
    at = NOW + UNUSED

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUMARIS_DOCUMENTS", "s3://nobody/here")
        patch.setenv("AWS_ENDPOINT", "http://127.0.0.1:9")
        patch.setenv("AWS_ACCESS_KEY_ID", "none")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "none")
        ended = await destroy_due(at)
        away = await empty_store(at)
    left = [stored(folder, each) for each in uploads]
    keys = {(await row(each)).wrapped_key for each in uploads}
    back = await empty_store(at + DAY)

    assert ended.destroyed == {(LETTER, EndRule.UNUSED): 10}
    assert away == Emptied(removed=0, left=10)
    assert left == [["original", "page-1"]] * 10
    assert keys == {None}
    assert back == Emptied(removed=10, left=0)
    assert list(files_below(folder)) == []


async def test_one_document_that_cannot_be_removed_holds_up_no_other(folder: Path) -> None:
    """It stays to be removed."""
    uploads = sorted([await shelved(NOW) for _ in range(20)], key=lambda each: each.id)
    at = NOW + UNUSED
    await destroy_due(at)
    stuck = folder / uploads[0].id
    moved = folder.parent / "elsewhere"
    stuck.rename(moved)
    stuck.symlink_to(moved)  # a folder that the store will not remove

    first = await empty_store(at)
    stuck.unlink()
    moved.rename(stuck)
    second = await empty_store(at)

    assert first == Emptied(removed=19, left=1)
    assert second == Emptied(removed=1, left=0)


async def test_it_ends_without_any_master_key(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whoever lost the keys can still destroy what is left."""
    upload = await shelved(NOW)
    monkeypatch.delenv("MUMARIS_DOCUMENT_KEYS")
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS_FILE", str(tmp_path / "lost"))

    await destroy_due(NOW + UNUSED)
    await empty_store(NOW + UNUSED)

    assert stored(folder, upload) == []


async def test_nothing_of_it_is_left_anywhere(folder: Path, database: str) -> None:
    """The store's files and every row of every table are searched."""
    upload = await shelved(NOW)
    here = shelf()
    key = here.keys.unwrap(str(upload.wrapped_key), upload.id).secret
    wrapped = str(upload.wrapped_key).encode()

    await destroy_due(NOW + UNUSED)
    await empty_store(NOW + UNUSED)

    left = b"".join([piece async for piece in dump(database)])
    left += b"".join(path.read_bytes() for path in files_below(folder))
    assert upload.sha256.encode() in left  # the search finds what there is
    assert [each for each in (CONTENT, key, key.hex().encode(), wrapped) if each in left] == []
