"""Uploads with content in a real store, in the state that a test wants; and what is left."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql
from sqlmodel import col, select

from desk.documents.keys import wrapped_now
from desk.documents.shelf import shelf
from documents.media_types import USUAL
from documents.pages import page_name
from documents.receiving import Received, object_name, receive
from documents.sealing import sealed
from models.database import transaction
from models.documents.certificates import DestructionCertificate
from models.documents.documents import Upload, find_upload
from models.documents.door import OWNER, RENDERER, SCANNER, keep_upload, move_upload
from models.documents.uses import note_uses
from models.practitioners import find_practitioner
from models.requests import find_request
from rules.documents.states import DocumentState
from rules.values.document_kind import DocumentKind
from support.documents import PDF_HEAD, stream
from support.people import NOURA

#: What stands in every document and page, and must be nowhere afterwards.
CONTENT = b"an employer's letter about Noura"
_WAY = {
    DocumentState.RECEIVED: (),
    DocumentState.CLEAN: (DocumentState.CLEAN,),
    DocumentState.READY: (DocumentState.CLEAN, DocumentState.READY),
    DocumentState.REPLACED: (DocumentState.REPLACED,),
}
_BY = {
    DocumentState.CLEAN: SCANNER,
    DocumentState.READY: RENDERER,
    DocumentState.REPLACED: OWNER,
}


async def shelved(
    now: datetime,
    kind: DocumentKind = DocumentKind.EMPLOYER_LETTER,
    *,
    owner: str = NOURA["registration_number"],
    state: DocumentState = DocumentState.READY,
    content: bytes = CONTENT,
    before_row: tuple[asyncio.Event, asyncio.Event] | None = None,
) -> Upload:
    """An upload with an original and a page, brought to this state by the door.

    With ``before_row`` its file is received, the first event is set, and the second waited for.
    """
    here = shelf()
    received = await receive(
        stream(PDF_HEAD, content),
        store=here.store,
        keys=here.keys,
        limit_bytes=2**20,
        accepted=USUAL,
    )
    assert isinstance(received, Received)
    page = object_name(received.document_id, page_name(1))
    key = here.keys.unwrap(received.wrapped_key, received.document_id)
    await here.store.put(page, sealed(stream(content), key, page))
    if before_row is not None:
        received_now, go_on = before_row
        received_now.set()
        await go_on.wait()
    async with transaction() as session:
        person = await find_practitioner(session, owner)
        upload = Upload(
            id=received.document_id,
            owner_id=person.id,
            kind=kind,
            state_since=now,
            received_at=now,
            checked_at=now,
            sha256=received.sha256,
            size_bytes=received.size_bytes,
            media_type=received.media_type,
            wrapped_key=await wrapped_now(
                session, here.keys, received.wrapped_key, received.document_id
            ),
        )
        await keep_upload(session, upload)
        for to in _WAY[state]:
            await move_upload(session, upload, to, by=_BY[to], now=now)
    return upload


async def name(tracking_code: str, *uploads: Upload, now: datetime) -> None:
    """The request's present round names these uploads."""
    async with transaction() as session:
        request = await find_request(session, tracking_code)
        await note_uses(session, request, [upload.id for upload in uploads], now=now)


async def row(upload: Upload) -> Upload:
    """As it stands now."""
    async with transaction() as session:
        return await find_upload(session, upload.id)


async def certificates(*uploads: Upload) -> list[DestructionCertificate]:
    """Of these, or of all, oldest first."""
    query = select(DestructionCertificate).order_by(col(DestructionCertificate.id))
    if uploads:
        ids = [upload.id for upload in uploads]
        query = query.where(col(DestructionCertificate.upload_id).in_(ids))
    async with transaction() as session:
        return list((await session.exec(query)).all())


def stored(folder: Path, upload: Upload) -> list[str]:
    """The names of what the store holds of it."""
    return sorted(path.name for path in (folder / upload.id).glob("*"))


async def dump(database: str) -> AsyncIterator[bytes]:
    """Every row of every table, as `COPY` writes it."""
    async with await psycopg.AsyncConnection.connect(database) as connection:
        cursor = await connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        )
        for (table,) in await cursor.fetchall():
            statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
            async with connection.cursor().copy(statement) as rows:
                async for piece in rows:
                    yield bytes(piece)
