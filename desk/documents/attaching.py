"""Files beside a submission: each is sent, and the submission then names it."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from desk.clock import utc_now
from desk.documents.adding import add, add_for_newcomer
from desk.documents.faults import UploadRefused, why_it_cannot_be_shown
from desk.documents.owners import owner_of
from desk.policy import current_policy
from models.database import transaction
from models.documents.documents import Upload, ready_uploads
from models.documents.uses import lives_of
from models.newcomers import find_newcomer
from models.practitioners import PractitionerUnknown
from rules.documents.retention import end_of
from rules.errors import WrongUsage
from rules.findings.problems import Problem, ValueRefused
from rules.register.fields import Field
from rules.requests.field_values import normalised_value
from rules.values.document_kind import DocumentKind
from rules.values.email_address import mailbox_of

#: A file, and which of the submission's documents it shows.
Attachment = tuple[DocumentKind, Path]


class NothingToAttachTo(WrongUsage):
    """The submission states no document of this kind that has no file yet."""

    def __init__(self, kind: DocumentKind) -> None:
        super().__init__(f"the submission states no {kind} that has no file yet")
        self.kind = kind


async def with_files(submission: Mapping[str, Any], files: Sequence[Attachment]) -> dict[str, Any]:
    """The submission with each file sent, and its number where a document of its kind is stated.

    Each goes to the first document of its kind that names no upload. Repeated, the file is not sent
    again: it is the owner's ready document already. A registration's belongs to whoever reads the
    mailbox of its e-mail address, as if it had been sent on the portal. What the submission gets
    wrong itself is left for whoever takes it. Raises `NothingToAttachTo`, `UploadRefused` with the
    problems of all files, and as `desk.documents.adding.add`.
    """
    documents = submission.get("documents")
    placed = _placed(documents if isinstance(documents, list) else [], files)
    owner = await _owner(submission) if placed else None
    if owner is None:
        return dict(submission)
    problems: list[Problem] = []
    filled = list(submission["documents"])
    for index, (kind, file) in placed.items():
        try:
            sent = await _sent_once(file, kind, owner)
        except UploadRefused as refused:
            problems += [_at(index, found) for found in refused.problems]
        else:
            filled[index] = {**filled[index], "id": sent.id}
    if problems:
        raise UploadRefused(problems)
    return {**submission, "documents": filled}


def _placed(documents: Sequence[Any], files: Sequence[Attachment]) -> dict[int, Attachment]:
    placed: dict[int, Attachment] = {}
    for kind, file in files:
        free = (
            index
            for index, stated in enumerate(documents)
            if index not in placed
            and isinstance(stated, dict)
            and stated.get("kind") == kind
            and not stated.get("id")
        )
        index = next(free, None)
        if index is None:
            raise NothingToAttachTo(kind)
        placed[index] = (kind, file)
    return placed


@dataclass(frozen=True)
class _Owner:
    """Whose the files are."""

    #: None of a newcomer who has sent nothing yet.
    id: UUID | None
    #: Takes a file of a ``kind`` for them.
    send: Callable[..., Awaitable[Upload]]


async def _owner(submission: Mapping[str, Any]) -> _Owner | None:
    """Who submits; None where whoever takes the submission will refuse it."""
    number, profile = submission.get("registration_number"), submission.get("profile")
    try:
        async with transaction() as session:
            if number is None and isinstance(profile, Mapping):
                typed, policy = str(profile.get(Field.EMAIL)), current_policy()
                mailbox = mailbox_of(normalised_value(Field.EMAIL, typed, policy))
                begun = await find_newcomer(session, mailbox)
                send = partial(add_for_newcomer, mailbox=mailbox, now=utc_now())
                return _Owner(None if begun is None else begun.id, send)
            person = await owner_of(session, str(number))
            return _Owner(person.id, partial(add, owner=person.registration_number))
    except (UploadRefused, PractitionerUnknown, ValueRefused):
        return None


async def _sent_once(file: Path, kind: DocumentKind, owner: _Owner) -> Upload:
    if (kept := await _sent_before(file, kind, owner)) is not None:
        return kept
    sent = await owner.send(file, kind=kind)
    fault = why_it_cannot_be_shown(sent)
    if fault is not None:
        raise UploadRefused([fault])
    return sent


async def _sent_before(file: Path, kind: DocumentKind, owner: _Owner) -> Upload | None:
    if owner.id is None:
        return None
    digest = await asyncio.to_thread(_sha256, file)
    async with transaction() as session:
        same = await ready_uploads(session, owner.id, kind, digest)
        lives = await lives_of(session, same)
    now, policy = utc_now(), current_policy().documents
    for upload in same:
        end = end_of(lives[upload.id], policy)
        if end is None or now < end.at:
            return upload
    return None


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _at(index: int, found: Problem) -> Problem:
    return Problem(found.code, f"documents[{index}]", found.sentence)
