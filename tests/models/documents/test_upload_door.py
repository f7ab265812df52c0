"""The one door of documents: what it lets through, what it refuses, and two who come at once."""

import asyncio
from datetime import timedelta
from itertools import product

import pytest
from sqlmodel import col, select

from models.database import transaction
from models.documents.certificates import DestructionCertificate
from models.documents.documents import Upload, find_upload
from models.documents.door import OWNER, Ending, EndingMissing, UploadActor, move_upload
from rules.documents.retention import EndRule
from rules.documents.states import (
    DOCUMENT_TRANSITIONS,
    WITHOUT_CONTENT,
    DocumentActor,
    DocumentMoveRefused,
    DocumentState,
)
from support.people import register_people
from support.racing import until_somebody_waits
from support.requests import NOW
from support.uploads import load_upload, told_of, upload_row

LATER = NOW + timedelta(hours=3)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


def ending(to: DocumentState) -> Ending | None:
    return Ending(EndRule.ORDERED, "a reason") if to in WITHOUT_CONTENT else None


async def move(upload_id: str, to: DocumentState, by: DocumentActor) -> None:
    async with transaction() as session:
        upload = await find_upload(session, upload_id)
        await move_upload(
            session, upload, to, by=UploadActor(by, "amal"), now=LATER, ending=ending(to)
        )


async def certificates() -> list[DestructionCertificate]:
    async with transaction() as session:
        return list((await session.exec(select(DestructionCertificate))).all())


@pytest.mark.parametrize(("from_", "to"), DOCUMENT_TRANSITIONS, ids=lambda state: state.value)
async def test_an_allowed_change_moves_the_row_and_writes_one_line(
    from_: DocumentState, to: DocumentState
) -> None:
    """The state, since when, its key's end where it ends, and the line, in one transaction."""
    upload = await upload_row(state=from_)
    by = min(DOCUMENT_TRANSITIONS[from_, to])
    before = len(await told_of(upload.id))

    await move(upload.id, to, by)

    moved, events = await load_upload(upload.id), await told_of(upload.id)
    assert (moved.state, moved.state_since) == (to, LATER)
    assert (moved.wrapped_key is None) == (to in WITHOUT_CONTENT)
    assert len(events) == before + 1
    line = events[-1]
    assert (line.from_state, line.to_state, line.at) == (from_, to, LATER)
    assert (line.actor_kind, line.actor) == (by, "amal")
    assert len(await certificates()) == (to in WITHOUT_CONTENT)


async def test_a_certificate_tells_what_was_destroyed_and_why() -> None:
    """Whose digest it had, by which rule, who ordered it; nothing of what was in it."""
    upload = await upload_row(state=DocumentState.READY)

    await move(upload.id, DocumentState.DESTROYED, DocumentActor.OPERATIONS)

    (told,) = await certificates()
    assert (told.upload_id, told.kind, told.sha256) == (upload.id, upload.kind, upload.sha256)
    assert (told.rule, told.reason, told.ordered_by) == (EndRule.ORDERED, "a reason", "amal")
    assert told.destroyed_at == LATER


async def test_a_change_moves_no_other_document() -> None:
    """Two are ready; one is replaced."""
    one, other = [await upload_row(state=DocumentState.READY) for _ in "ab"]

    await move(one.id, DocumentState.REPLACED, DocumentActor.OWNER)

    assert (await load_upload(other.id)).state is DocumentState.READY


@pytest.mark.parametrize("from_", DocumentState)
async def test_a_forbidden_change_leaves_everything_as_it_was(from_: DocumentState) -> None:
    """From this state, to any other, by anybody whom the table does not name."""
    upload = await upload_row(state=from_)
    before = await told_of(upload.id)
    tries = [
        (to, by)
        for to, by in product(DocumentState, DocumentActor)
        if by not in DOCUMENT_TRANSITIONS.get((from_, to), ())
    ]

    refused = [await refusal_of(upload.id, to, by) for to, by in tries]

    assert [(each.from_, each.to, each.by) for each in refused] == [
        (from_, to, by) for to, by in tries
    ]
    assert await load_upload(upload.id) == upload
    assert await told_of(upload.id) == before
    assert await certificates() == []


async def refusal_of(upload_id: str, to: DocumentState, by: DocumentActor) -> DocumentMoveRefused:
    with pytest.raises(DocumentMoveRefused) as refused:
        await move(upload_id, to, by)
    return refused.value


@pytest.mark.parametrize(
    ("to", "given"),
    [(DocumentState.DESTROYED, None), (DocumentState.REPLACED, Ending(EndRule.ORDERED))],
)
async def test_nothing_ends_without_its_certificate_and_nothing_else_has_one(
    to: DocumentState, given: Ending | None
) -> None:
    """A caller that forgets it is broken, and destroys nothing."""
    upload = await upload_row(state=DocumentState.READY)

    async with transaction() as session:
        row = await find_upload(session, upload.id)
        with pytest.raises(EndingMissing):
            await move_upload(session, row, to, by=OWNER, now=LATER, ending=given)

    assert (await load_upload(upload.id)).state is DocumentState.READY


async def test_who_read_the_document_before_it_moved_is_refused() -> None:
    """The guard is in SQL: a session that still sees the old state cannot write over the new."""
    upload = await upload_row(state=DocumentState.CLEAN)
    async with transaction() as late:
        stale = await find_upload(late, upload.id)
        await move(upload.id, DocumentState.DESTROYED, DocumentActor.CLOCK)

        with pytest.raises(DocumentMoveRefused) as refused:
            await move_upload(
                late, stale, DocumentState.READY, by=UploadActor(DocumentActor.RENDERER), now=NOW
            )

    said = refused.value
    assert (said.from_, said.to, said.by) == (
        DocumentState.CLEAN,
        DocumentState.READY,
        DocumentActor.RENDERER,
    )
    assert (await load_upload(upload.id)).wrapped_key is None
    assert (await told_of(upload.id))[-1].to_state is DocumentState.DESTROYED


async def test_of_two_at_once_one_passes() -> None:
    """Both have read the document ready; the second waits for the first, and is refused."""
    upload = await upload_row(state=DocumentState.READY)
    both_have_read = asyncio.Barrier(2)

    async def come(to: DocumentState, by: DocumentActor) -> None:
        async with transaction() as session:
            row = await find_upload(session, upload.id)
            await both_have_read.wait()
            await move_upload(session, row, to, by=UploadActor(by), now=LATER, ending=ending(to))

    outcomes = await asyncio.gather(
        come(DocumentState.REPLACED, DocumentActor.OWNER),
        come(DocumentState.DESTROYED, DocumentActor.CLOCK),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "DocumentMoveRefused",
        "NoneType",
    ]
    moves = [line.to_state for line in await told_of(upload.id) if line.from_state is not None]
    assert moves == [(await load_upload(upload.id)).state]
    assert len(await certificates()) == moves.count(DocumentState.DESTROYED)


async def test_a_lock_keeps_others_from_moving_a_document() -> None:
    """Whoever looks first and acts then acts on what was seen."""
    upload = await upload_row(state=DocumentState.READY)
    async with transaction() as session:
        seen = await find_upload(session, upload.id, lock=True)
        other = asyncio.create_task(move(upload.id, DocumentState.DESTROYED, DocumentActor.CLOCK))
        await until_somebody_waits()
        await move_upload(session, seen, DocumentState.REPLACED, by=OWNER, now=NOW)

    with pytest.raises(DocumentMoveRefused):  # it had looked before that was so
        await other
    states = [line.to_state for line in await told_of(upload.id)][1:]
    assert states == [DocumentState.REPLACED]


async def test_rows_of_the_door_are_read_back_as_they_are() -> None:
    """The helper of these tests writes what it is told."""
    upload = await upload_row(state=DocumentState.READY, pages=3)

    async with transaction() as session:
        query = select(Upload).where(col(Upload.id) == upload.id)
        assert (await session.exec(query)).one().pages == 3
