"""A card renewal that is being written: saved document by document, reviewed, and sent once.

Everything here is asked by its owner, who is named by the registration number of their account.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.drafts.correcting import RenewalCorrection, renewal_correction
from desk.drafts.documents import put_file, with_its_file
from desk.drafts.keeping import (
    OnDraft,
    PartUnknown,
    Seen,
    fitting,
    kept_since,
    put,
    put_if_new,
    to_write,
)
from desk.drafts.rehearsing import problems_of
from desk.drafts.reviewing import Placed, placed_in_parts
from desk.drafts.sending import handed_in, sent_before
from desk.register.own_card import MyCard, own_card
from models.database import transaction
from models.drafts import Draft, DraftMoved, destroy_draft, find_draft
from models.open_requests import open_request
from models.practitioners import find_practitioner
from models.requests import Request
from rules.card_renewal.drafted import DraftedRenewal, parts_of, renewal_of
from rules.requests.drafted_documents import PARTICULARS, kind_of_part
from rules.requests.statuses import Kind
from rules.values.dates import riyadh_day
from rules.values.document_kind import DocumentKind

KIND = Kind.CARD_RENEWAL


@dataclass(frozen=True, repr=False)
class Renewal(OnDraft):
    """One's own card, what its renewal asks for, and what was typed of it; a part is a document."""

    registration_number: str
    card: MyCard | None
    #: What was submitted before, where this corrects a returned renewal.
    correction: RenewalCorrection | None

    @property
    def may_begin(self) -> bool:
        """Whether every condition of a renewal holds on this day."""
        return self.card is not None and self.card.may_renew

    @property
    def parts(self) -> tuple[str, ...]:
        """The documents that it asks for, and whatever else was submitted before."""
        asked = self.card.documents if self.card else ()
        return parts_of(self.content, asked, self.correction.submitted if self.correction else ())

    def may_change(self, part: str) -> bool:
        """Whether this document can be written now: in a correction, what was marked alone."""
        return part in self.parts and (not self.correction or self.correction.may_change(part))

    def kind_of(self, part: str) -> DocumentKind:
        """What this document is; raises `PartUnknown` where it cannot be written now."""
        kind = kind_of_part(part)
        if kind is None or not self.may_change(part):
            raise PartUnknown
        return kind


@dataclass(frozen=True, repr=False)
class ReviewedRenewal:
    """A renewal as the rules read it."""

    renewal: Renewal
    problems: tuple[Placed, ...]

    def of(self, part: str | None) -> tuple[Placed, ...]:
        """The problems of this document; of None, those of the whole."""
        return tuple(each for each in self.problems if each.part == part)


async def look(owner: str, *, now: datetime) -> Renewal:
    """The renewal of this registration number as it stands; begins none."""
    async with transaction() as session:
        practitioner = await find_practitioner(session, owner)
        request = await open_request(session, practitioner.id, KIND)
        draft = await find_draft(session, practitioner.id, KIND, since=kept_since(now))
    draft = fitting(draft, request)
    corrects = request if draft and draft.request_id else None
    return Renewal(
        practitioner.registration_number,
        await own_card(practitioner.id, on=riyadh_day(now)),
        await renewal_correction(corrects, now=now) if corrects else None,
        draft=draft,
        open_request=request,
    )


async def begin(owner: str, *, now: datetime) -> None:
    """Begin the renewal; begun again, it is as it was saved. Raises `RequestIsOpen`."""
    async with transaction() as session:
        await _to_write(session, owner, now)


async def save_document(
    owner: str, part: str, typed: Mapping[str, str], *, seen: Seen, now: datetime
) -> None:
    """Keep what was typed of this document, right or wrong; its file stays.

    Saved again it changes nothing. Raises `DraftMoved` where the document was saved since the page
    was shown, with other content, `PartUnknown` and `RequestIsOpen`.
    """
    (await look(owner, now=now)).kind_of(part)
    async with transaction() as session:
        draft = await _to_write(session, owner, now)
        boxes = {box: typed.get(box, "") for box in PARTICULARS}
        put_if_new(draft, part, with_its_file(draft, part, boxes), seen=seen, now=now)


async def attach_file(owner: str, part: str, upload_id: str, *, now: datetime) -> None:
    """Note the uploaded file of this document; what was typed of it stays.

    Raises `PartUnknown` and `RequestIsOpen`.
    """
    (await look(owner, now=now)).kind_of(part)
    async with transaction() as session:
        draft = await _to_write(session, owner, now)
        put_file(draft, part, upload_id, now)


async def remove_document(owner: str, part: str, *, now: datetime) -> None:
    """Take what was typed of this document out of the draft, with its file; again, it is the same.

    The file itself is not destroyed: it can be chosen again until policy ends it. Raises
    `PartUnknown` for one that cannot be changed, and `RequestIsOpen`.
    """
    renewal = await look(owner, now=now)
    if part not in renewal.content:
        return
    renewal.kind_of(part)
    async with transaction() as session:
        draft = await _to_write(session, owner, now)
        if part in draft.content:
            put(draft, part, None, now)


async def discard(owner: str) -> None:
    """Destroy the draft with all that was typed."""
    async with transaction() as session:
        practitioner = await find_practitioner(session, owner)
        await destroy_draft(session, practitioner.id, KIND)


async def review(renewal: Renewal, *, now: datetime) -> ReviewedRenewal:
    """What the rules say of this renewal, all at once. Changes nothing."""
    # Until the declaration is made it is missing, which the review need not say.
    made = _drafted(renewal, confirmed=True)
    found = await problems_of(KIND, made.document, corrects=renewal.corrects, now=now)
    return ReviewedRenewal(renewal, placed_in_parts(made, found))


async def send(
    owner: str, *, draft_id: UUID, version: int, confirmed: bool, now: datetime
) -> Request:
    """Send the renewal as its owner reviewed it: a new request, or a returned one's correction.

    Sent again, after a restart or from another window, it is the same request. Raises
    `DraftMoved` where it was saved since it was reviewed, `DraftRefused`, and
    `desk.drafts.sending.DraftGone`.
    """
    renewal = await look(owner, now=now)
    draft = renewal.draft
    if draft is None or draft.id != draft_id:
        return await sent_before(KIND, owner, draft_id)
    if draft.version != version:
        raise DraftMoved
    made = _drafted(renewal, confirmed=confirmed)
    return await handed_in(KIND, renewal, made.document, partial(placed_in_parts, made), now=now)


async def _to_write(session: AsyncSession, owner: str, now: datetime) -> Draft:
    practitioner = await find_practitioner(session, owner)
    draft, _ = await to_write(session, practitioner.id, KIND, now=now)
    return draft


def _drafted(renewal: Renewal, *, confirmed: bool) -> DraftedRenewal:
    return renewal_of(
        renewal.content,
        renewal.parts,
        registration_number=renewal.registration_number,
        confirmed=confirmed,
        idempotency_key=renewal.idempotency_key,
    )
