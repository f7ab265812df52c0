"""Sending a file: received, kept with its row, and checked, in this order."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.documents.checking import check
from desk.documents.contents import Content, Sending, sending
from desk.documents.faults import ScannerMissing, UploadRefused, why_unusable
from desk.documents.keys import wrapped_now
from desk.documents.owners import owner_of
from desk.documents.replacing import check_replaceable, take_the_place
from desk.documents.shelf import Shelf, accepted_types, shelf
from desk.policy import current_policy
from documents.faults import Fault, Unusable
from documents.receiving import Received, receive
from documents.store import ContentMissing
from models.clock import database_now
from models.database import transaction
from models.documents.documents import Upload, find_upload, known_uploads, uploads_since
from models.documents.door import keep_upload
from models.newcomers import find_newcomer, newcomer_of_mailbox
from rules.errors import Unavailable
from rules.findings.problems import problem
from rules.values.document_kind import DocumentKind

logger = logging.getLogger("mumaris.documents")

_DAY = timedelta(days=1)


async def add(
    content: Content,
    *,
    kind: DocumentKind,
    owner: str,
    replaces: str | None = None,
    now: datetime | None = None,
) -> Upload:
    """Take this file of the practitioner with this registration number, and check it.

    Returns it ready, or unreadable or suspect (`desk.documents.faults.what_stands_in_the_way` says
    it in words), or in the state in which it waits for its check: with the scanner or the store
    away nothing is lost, and the sweep goes on with it. Sent twice it is two documents; with
    ``replaces`` it takes another's place (`desk.documents.replacing`).

    Raises `UploadRefused` with the sentence for the person, `desk.documents.contents` what cannot
    be read and what the stream raises, `models.practitioners.PractitionerUnknown`,
    `documents.store.StoreAway`, what `check_replaceable` raises, and `rules.errors.Misconfigured`
    where this installation is not ready for documents. Then nothing is kept; but what drawing finds
    wrong with this machine is told of a document that is kept, and drawn once that is mended.
    """
    return await _add(content, _Wish(_kind(kind), owner, replaces), now)


async def add_for_newcomer(
    content: Content, *, kind: DocumentKind, mailbox: str, now: datetime
) -> Upload:
    """The same for whoever reads this mailbox and is not on the register yet.

    It takes nothing's place: what it is sent instead of ends by itself, as no draft names it.
    """
    return await _add(content, _Wish(_kind(kind), mailbox, None, is_newcomer=True), now)


async def _add(content: Content, wish: "_Wish", now: datetime | None) -> Upload:
    here = shelf()
    began = monotonic()
    async with sending(content) as file:
        async with transaction() as session:
            await _refuse(session, here, wish, file, now)
        received = await _received(here, file)
    took = timedelta(seconds=monotonic() - began)
    await _finished(_keep(here, received, wish, now, took))
    return await _checked(received.document_id, now)


@dataclass(frozen=True)
class _Wish:
    """What is said of the file."""

    kind: DocumentKind
    #: A registration number, or a mailbox.
    owner: str
    replaces: str | None
    is_newcomer: bool = False


def _kind(kind: str) -> DocumentKind:
    try:
        return DocumentKind(kind)
    except ValueError:
        raise UploadRefused([problem("document_kind_unknown", "kind")]) from None


async def _refuse(
    session: AsyncSession, here: Shelf, wish: _Wish, file: Sending, now: datetime | None
) -> None:
    """What can be said before a byte is read."""
    policy = current_policy()
    at = now or await database_now(session)
    owner_id = await _owner_so_far(session, wish)
    if policy.documents.kinds[wish.kind].rule == "never_accept":
        raise UploadRefused([problem("document_kind_not_accepted", "kind")])
    if here.scanner is None and policy.documents.unscanned == "refuse":
        raise ScannerMissing
    limit = policy.limits.document_bytes
    if file.size_bytes is not None and file.size_bytes > limit:
        too_big = Unusable(Fault.TOO_BIG, {"limit_bytes": limit})
        raise UploadRefused([why_unusable(too_big, size_bytes=file.size_bytes)])
    if owner_id is None:  # nothing was sent for them yet
        return
    await _count(session, owner_id, at)
    if wish.replaces is not None:
        await check_replaceable(session, wish.replaces, owner_id, wish.kind)


async def _owner_so_far(session: AsyncSession, wish: _Wish) -> UUID | None:
    """Whose it will be; None for a newcomer who begins with it, so that a refusal keeps nobody."""
    if wish.is_newcomer:
        found = await find_newcomer(session, wish.owner)
        return None if found is None else found.id
    return (await owner_of(session, wish.owner)).id


async def _owner(session: AsyncSession, wish: _Wish, now: datetime) -> UUID:
    if wish.is_newcomer:
        return (await newcomer_of_mailbox(session, wish.owner, now=now, lock=True)).id
    return (await owner_of(session, wish.owner, lock=True)).id


async def _count(session: AsyncSession, owner_id: UUID, now: datetime) -> None:
    limit = current_policy().documents.uploads_a_day
    if await uploads_since(session, owner_id, now - _DAY) >= limit:
        raise UploadRefused([problem("too_many_uploads", "document", limit=limit)])


async def _received(here: Shelf, file: Sending) -> Received:
    received = await receive(
        file.pieces,
        store=here.store,
        keys=here.keys,
        limit_bytes=current_policy().limits.document_bytes,
        accepted=accepted_types(),
    )
    if isinstance(received, Unusable):
        raise UploadRefused([why_unusable(received)])
    return received


async def _finished(work: Coroutine[Any, Any, None]) -> None:
    """Also where we are cancelled meanwhile: a row is never half there, and neither is its file."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.warning("a cancelled upload was not kept: %s", type(error).__name__)
        raise


async def _keep(
    here: Shelf, received: Received, wish: _Wish, now: datetime | None, took: timedelta
) -> None:
    """The row. The person's is locked: of two files at once the second is counted after the first.

    Where the row is refused the store is emptied again.
    """
    try:
        async with transaction() as session:
            at = now or await database_now(session)
            owner_id = await _owner(session, wish, at)
            await _count(session, owner_id, at)
            if wish.replaces is not None:
                await take_the_place(session, wish.replaces, owner_id, wish.kind, now=at)
            upload = Upload(
                id=received.document_id,
                owner_id=None if wish.is_newcomer else owner_id,
                newcomer_id=owner_id if wish.is_newcomer else None,
                kind=wish.kind,
                state_since=at,
                received_at=at,
                # Ours to check from here on, however long the sending took.
                checked_at=at if now is None else at + took,
                sha256=received.sha256,
                size_bytes=received.size_bytes,
                media_type=received.media_type,
                wrapped_key=await wrapped_now(
                    session, here.keys, received.wrapped_key, received.document_id
                ),
                replaces=wish.replaces,
            )
            await keep_upload(session, upload)
    except BaseException:
        await _empty_unless_kept(here, received.document_id)
        raise


async def _empty_unless_kept(here: Shelf, document_id: str) -> None:
    """A connection that breaks while a row is committed leaves open whether it was."""
    try:
        async with transaction() as session:
            kept = await known_uploads(session, [document_id])
        if not kept:
            await here.store.delete(document_id)
    except (DBAPIError, OSError, Unavailable) as away:
        logger.warning("a file without a row stays for the sweep: %s", type(away).__name__)


async def _checked(document_id: str, now: datetime | None) -> Upload:
    """A store whose folder is not mounted is empty: what it had a moment ago is not lost."""
    try:
        return await check(document_id, now=now)
    except (Unavailable, ContentMissing) as away:
        logger.warning("document %s waits for its check: %s", document_id, type(away).__name__)
        async with transaction() as session:
            return await find_upload(session, document_id)
