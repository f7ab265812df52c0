"""What the database itself refuses of an upload's row, and what its queries find."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import transaction
from models.documents.documents import (
    Upload,
    UploadUnknown,
    find_upload,
    known_uploads,
    lock_uploads,
    uploads_of,
    uploads_since,
)
from models.documents.endings import lock_if_free
from models.documents.waiting import take_to_check
from models.statements import execute
from rules.documents.states import WITHOUT_CONTENT, DocumentState
from support.people import RAHUL, register_people
from support.requests import NOW
from support.uploads import load_upload, upload_row

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def set_row(upload_id: str, what: str) -> None:
    """Past every function of ours: only a test may."""
    async with transaction() as session:
        statement = f"UPDATE uploads SET {what} WHERE id = '{upload_id}'"  # noqa: S608 - our own
        await execute(session, text(statement))


@pytest.mark.parametrize("state", DocumentState)
async def test_a_state_s_content_and_its_key_go_together(state: DocumentState) -> None:
    """Neither can a key outlive its document's end, nor a document be kept without one."""
    upload = await upload_row(state=state)
    other_way = "wrapped_key = '1:0:0'" if state in WITHOUT_CONTENT else "wrapped_key = NULL"

    with pytest.raises(IntegrityError, match="an_upload_without_content_has_no_key"):
        await set_row(upload.id, other_way)

    assert await load_upload(upload.id) == upload


@pytest.mark.parametrize(
    ("what", "constraint"),
    [
        ("state = 'gone'", "an_upload_has_a_known_state"),
        ("kind = 'passport'", "an_upload_has_a_known_kind"),
        ("replaces = repeat('f', 32)", "uploads_replaces_fkey"),
        ("owner_id = gen_random_uuid()", "uploads_owner_id_fkey"),
    ],
)
async def test_the_database_refuses_what_the_code_does_not_know(what: str, constraint: str) -> None:
    """Whoever writes it."""
    upload = await upload_row()

    with pytest.raises(IntegrityError, match=constraint):
        await set_row(upload.id, what)


@pytest.mark.parametrize(
    "typed", ["", "0" * 31, "0" * 33, "F" * 32, "g" * 32, "\0" * 32, "٠" * 32, "0" * 32 + "\n"]
)
async def test_what_is_no_number_of_a_document_is_unknown(typed: str) -> None:
    """Never an error of the database's."""
    async with transaction() as session:
        with pytest.raises(UploadUnknown):
            await find_upload(session, typed)
        assert await lock_uploads(session, [typed], (await upload_row()).owner_id) == []


async def test_uploads_are_locked_for_their_owner_alone() -> None:
    """In one order, whichever was asked for first; others' are not there."""
    mine = [await upload_row() for _ in "ab"]
    theirs = await upload_row(owner=RAHUL["registration_number"])
    ids = sorted((each.id for each in (*mine, theirs)), reverse=True)

    async with transaction() as session:
        found = await lock_uploads(session, ids, mine[0].owner_id)

    assert [each.id for each in found] == sorted(each.id for each in mine)


async def test_uploads_are_counted_by_owner_and_time() -> None:
    """One at that very instant is not after it."""
    for at in (NOW - HOUR, NOW, NOW + HOUR):
        upload = await upload_row(received_at=at)
    await upload_row(owner=RAHUL["registration_number"], received_at=NOW + HOUR)

    async with transaction() as session:
        assert await uploads_since(session, upload.owner_id, NOW) == 1
        assert await uploads_since(session, upload.owner_id, NOW - HOUR * 2) == 3
        newest = await uploads_of(session, upload.owner_id, limit=2)

    assert [each.received_at for each in newest] == [NOW + HOUR, NOW]


async def test_what_may_lie_in_the_store_is_known() -> None:
    """What has content; and what has lost it, until the store has been seen empty."""
    ready = await upload_row(state=DocumentState.READY)
    emptied = await upload_row(state=DocumentState.DESTROYED, content_removed_at=NOW)
    ended = await upload_row(state=DocumentState.DESTROYED)
    ids = [ready.id, emptied.id, ended.id, "0" * 32]

    async with transaction() as session:
        assert await known_uploads(session, ids) == {ready.id, ended.id}


LOCKS: dict[str, Callable[[AsyncSession, Upload], Awaitable[object]]] = {
    "find": lambda session, upload: find_upload(session, upload.id, lock=True),
    "several": lambda session, upload: lock_uploads(session, [upload.id], upload.owner_id),
    "to end": lambda session, upload: lock_if_free(session, upload.id),
    "to check": lambda session, _: take_to_check(
        session, now=NOW + HOUR, lease=timedelta(minutes=1), soon=()
    ),
}


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
async def test_an_upload_that_somebody_has_locked_can_be_named(
    lock: Callable[[AsyncSession, Upload], Awaitable[object]],
) -> None:
    """Nobody waits for the other, so no two wait for each other."""
    upload = await upload_row(state=DocumentState.RECEIVED)

    async with transaction() as session:
        assert await lock(session, upload)
        new = await upload_row(replaces=upload.id)

    assert (await load_upload(new.id)).replaces == upload.id
