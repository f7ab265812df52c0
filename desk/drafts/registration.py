"""A registration that is being written: saved part by part, reviewed, and sent once.

Everything here is asked by whoever reads the mailbox ``owner``, and concerns what was written under
it alone: there is no account yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.drafts.documents import put_file, with_its_file
from desk.drafts.keeping import (
    OnDraft,
    PartUnknown,
    RequestIsOpen,
    Seen,
    draft_beside,
    fill,
    fitting,
    kept_since,
    put,
    put_if_new,
)
from desk.drafts.registration_correcting import (
    RegistrationCorrection,
    registration_correction,
)
from desk.policy import current_policy
from models.database import transaction
from models.drafts import (
    Draft,
    begin_draft,
    destroy_draft,
    find_draft,
)
from models.newcomers import find_newcomer, newcomer_of_mailbox
from models.registrations import open_registration
from rules.registration.drafted import (
    Chapter,
    boxes_in,
    certificates_in,
    content_of,
    is_certificate,
    next_certificate,
)
from rules.requests.drafted_documents import kind_of_part
from rules.requests.statuses import Kind, Status

KIND = Kind.REGISTRATION


@dataclass(frozen=True, repr=False)
class Registration(OnDraft):
    """What somebody without an account has typed, and their request that is open."""

    #: The mailbox by which they came in: the request's e-mails go there.
    address: str
    correction: RegistrationCorrection | None

    @property
    def is_sent(self) -> bool:
        """Whether it waits for us, and not for its applicant: nothing can be written now."""
        return self.open_request is not None and self.corrects is None

    def may_change(self, part: str) -> bool:
        """Whether this part can be written now: in a correction, what was marked alone."""
        return not self.is_sent and (not self.correction or self.correction.may_change(part))

    @property
    def next_certificate(self) -> str | None:
        """The part of one certificate more; None where policy takes no more of them."""
        there = len(certificates_in(self.content))
        is_full = there >= current_policy().limits.certificates
        return None if is_full else next_certificate(self.content)

    def knows(self, part: str) -> bool:
        """Whether there is such a part, or it can be begun."""
        if is_certificate(part):
            return part in self.content or part == self.next_certificate
        kind = kind_of_part(part)
        return part in set(Chapter) or (kind is not None and (part == kind or part in self.content))


async def look(owner: str, *, now: datetime) -> Registration:
    """What was written under this mailbox, as it stands; begins nothing."""
    request = draft = None
    async with transaction() as session:
        newcomer = await find_newcomer(session, owner)
        if newcomer is not None:
            request = await open_registration(session, newcomer.id)
            draft = await find_draft(session, newcomer.id, KIND, since=kept_since(now))
    draft = fitting(draft, request)
    corrects = request if draft and draft.request_id else None
    return Registration(
        draft=draft,
        open_request=request,
        address=owner,
        correction=await registration_correction(corrects, now=now) if corrects else None,
    )


async def save_part(
    owner: str, part: str, typed: Mapping[str, str], *, seen: Seen, now: datetime
) -> None:
    """Keep what was typed of this part, right or wrong; a document's file stays.

    Saved again it changes nothing. Raises `DraftMoved` where the part was saved since the page was
    shown, with other content, `PartUnknown` for one that there is not or that cannot be changed,
    and `RequestIsOpen`.
    """
    await _check(owner, part, now)
    async with transaction() as session:
        draft = await _to_write(session, owner, now)
        boxes = {box: typed.get(box, "") for box in boxes_in(part)}
        put_if_new(draft, part, with_its_file(draft, part, boxes), seen=seen, now=now)


async def attach_file(owner: str, part: str, upload_id: str, *, now: datetime) -> None:
    """Note the uploaded file of this document; what was typed of it stays.

    Raises `PartUnknown` and `RequestIsOpen`.
    """
    await _check(owner, part, now)
    async with transaction() as session:
        draft = await _to_write(session, owner, now)
        put_file(draft, part, upload_id, now)


async def remove_part(owner: str, part: str, *, now: datetime) -> None:
    """Take a certificate or a document out of the draft; again, it is the same.

    A file is not destroyed by it: policy ends it. Raises `PartUnknown` and `RequestIsOpen`.
    """
    if part in set(Chapter):
        raise PartUnknown
    registration = await look(owner, now=now)
    if part not in registration.content:
        return
    if not registration.may_change(part):
        raise PartUnknown
    async with transaction() as session:
        draft = await _to_write(session, owner, now)
        if part in draft.content:
            put(draft, part, None, now)


async def discard(owner: str) -> None:
    """Destroy the draft with all that was typed; again, it is the same."""
    async with transaction() as session:
        newcomer = await find_newcomer(session, owner)
        if newcomer is not None:
            await destroy_draft(session, newcomer.id, KIND)


async def begin_correction(owner: str, *, now: datetime) -> None:
    """Begin the draft that corrects the returned registration; begun again, it is as it was saved.

    It holds what was submitted. Raises `PartUnknown` where nothing was returned.
    """
    async with transaction() as session:
        newcomer = await find_newcomer(session, owner)
        request = await open_registration(session, newcomer.id) if newcomer else None
        if newcomer is None or request is None or request.status != Status.RETURNED:
            raise PartUnknown
        draft = await begin_draft(session, newcomer.id, KIND, since=kept_since(now), now=now)
        if (draft.request_id, draft.round) != (request.id, request.round):
            draft.request_id, draft.round = request.id, request.round
            fill(draft, content_of(request.submission))


async def _check(owner: str, part: str, now: datetime) -> None:
    registration = await look(owner, now=now)
    if registration.is_sent and registration.open_request is not None:
        raise RequestIsOpen(registration.open_request.tracking_code)
    if not registration.knows(part) or not registration.may_change(part):
        raise PartUnknown


async def _to_write(session: AsyncSession, owner: str, now: datetime) -> Draft:
    newcomer = await newcomer_of_mailbox(session, owner, now=now)
    request = await open_registration(session, newcomer.id)
    return await draft_beside(session, newcomer.id, KIND, request, now=now)
