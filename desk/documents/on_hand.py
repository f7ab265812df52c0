"""The uploads that a submission names, as its rules have to know them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from models.documents.documents import (
    lock_uploads,
    lock_uploads_of_many,
    sent_by_others,
)
from models.documents.uses import lives_of
from models.requests import Request
from rules.documents.on_hand import DocumentOnHand, DocumentsOnHand, why_not_ready
from rules.documents.retention import has_ended
from rules.documents.states import DocumentState
from rules.policy.policy import Policy
from rules.requests.statuses import Status
from rules.requests.submitted import Document


async def documents_on_hand(
    session: AsyncSession,
    typed: Sequence[Document],
    owner_id: UUID | None,
    *,
    request: Request | None,
    policy: Policy,
    now: datetime,
) -> DocumentsOnHand:
    """What of the documents named is this person's; nobody moves it until the transaction ends.

    The person is a practitioner or a newcomer; nobody, for whom nothing is known.
    Others' uploads, unknown ids and texts that are no ids are alike not there. A file is asked for
    at the door alone (``request`` is None, or waits for its correction): what was accepted while
    policy did not ask for files is judged as it was accepted.
    """
    at_the_door = request is None or request.status == Status.RETURNED
    return DocumentsOnHand(
        files_required=at_the_door and policy.documents.files == "required",
        by_id=(
            await _by_id(session, typed[: policy.limits.documents], owner_id, policy, now)
            if owner_id is not None
            else {}
        ),
    )


async def readiness(
    session: AsyncSession, named: Collection[tuple[str, UUID]], *, policy: Policy, now: datetime
) -> dict[tuple[str, UUID], str]:
    """Why each of these uploads cannot be decided on, as a code; what is ready is not here.

    Each is named with its owner: somebody else's is not there. Nobody moves them until the
    transaction ends.
    """
    ids, owners = {id_ for id_, _ in named}, {owner for _, owner in named}
    uploads = await lock_uploads_of_many(session, ids, owners)
    lives = await lives_of(session, uploads)
    missing = dict.fromkeys(named, "document_unknown")
    for upload in uploads:
        key = (upload.id, upload.whose)
        ended = has_ended(lives[upload.id], policy.documents, now)
        if ended or upload.state is not DocumentState.READY:
            missing[key] = why_not_ready(upload.state)
        else:
            missing.pop(key, None)
    return missing


async def _by_id(
    session: AsyncSession,
    typed: Sequence[Document],
    owner_id: UUID,
    policy: Policy,
    now: datetime,
) -> dict[str, DocumentOnHand]:
    ids = {one.id for one in typed if one.id is not None}
    if not ids:
        return {}
    uploads = await lock_uploads(session, ids, owner_id)
    lives = await lives_of(session, uploads)
    others = await sent_by_others(session, [upload.sha256 for upload in uploads], owner_id)
    return {
        upload.id: DocumentOnHand(
            kind=upload.kind,
            state=upload.state,
            readable=not has_ended(lives[upload.id], policy.documents, now),
            sha256=upload.sha256,
            size_bytes=upload.size_bytes,
            media_type=upload.media_type,
            is_scanned=upload.scan == "clean",
            also_sent_by=others.get(upload.sha256),
        )
        for upload in uploads
    }
