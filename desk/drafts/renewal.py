"""A card renewal that is being written: saved document by document, reviewed, and sent once.

Everything here is asked by its owner, who is named by the registration number of their account.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.drafts.keeping import OnDraft, Seen, keepable, kept_since, put
from desk.drafts.reviewing import Placed
from desk.drafts.sending import DraftRefused, sent_before
from desk.drafts.update import PartUnknown, RequestIsOpen
from desk.kinds.reading import SubmissionRefused
from desk.policy import current_policy
from desk.register.own_card import MyCard, own_card
from desk.requests.submission import accept, rehearse
from models.database import transaction
from models.drafts import Draft, DraftMoved, begin_draft, find_draft
from models.practitioners import find_practitioner
from models.requests import Request, open_request
from rules.card_renewal.drafted import (
    FILE,
    PARTICULARS,
    DraftedRenewal,
    renewal_of,
)
from rules.findings.problems import Problem, problem
from rules.requests.statuses import Kind
from rules.values.dates import riyadh_day
from rules.values.document_kind import DocumentKind

KIND = Kind.CARD_RENEWAL
#: The key of a draft that does not exist yet: nothing is sent under it.
_NO_KEY = "not-sent-yet"
#: A browser sends the file or nothing: a document without one has its file missing.
_STATED = frozenset({"sha256", "size_bytes", "media_type"})


@dataclass(frozen=True, repr=False)
class Renewal(OnDraft):
    """One's own card, what its renewal asks for, and what was typed of it; a part is a document."""

    registration_number: str
    card: MyCard | None

    @property
    def may_begin(self) -> bool:
        """Whether every condition of a renewal holds on this day."""
        return self.card is not None and self.card.may_renew

    @property
    def asked(self) -> tuple[DocumentKind, ...]:
        """The documents that it asks for."""
        return self.card.documents if self.card else ()

    def asked_for(self, kind: str) -> DocumentKind:
        """The document of this name; raises `PartUnknown` where the renewal asks for none such."""
        if kind not in self.asked:
            raise PartUnknown
        return DocumentKind(kind)


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
        draft = await find_draft(session, practitioner.id, KIND, since=kept_since(now))
        request = await open_request(session, practitioner.id, KIND)
    card = await own_card(practitioner.id, on=riyadh_day(now))
    return Renewal(practitioner.registration_number, card, draft=draft, open_request=request)


async def begin(owner: str, *, now: datetime) -> None:
    """Begin the renewal; begun again, it is as it was saved. Raises `RequestIsOpen`."""
    async with transaction() as session:
        await _to_write(session, owner, now)


async def save_document(
    owner: str, kind: DocumentKind, typed: Mapping[str, str], *, seen: Seen, now: datetime
) -> None:
    """Keep what was typed of this document, right or wrong; its file stays.

    Saved again it changes nothing. Raises `DraftMoved` where the document was saved since the page
    was shown, with other content, and `RequestIsOpen`.
    """
    async with transaction() as session:
        draft = await _to_write(session, owner, now)
        old = draft.typed.get(kind, {})
        file = {FILE: old[FILE]} if FILE in old else {}
        new = keepable({box: typed.get(box, "") for box in PARTICULARS}) | file
        if new != old:
            if seen.draft_id in {None, draft.id} and draft.version_of(kind) > seen.version:
                raise DraftMoved
            put(draft, kind, new, now)


async def attach_file(owner: str, kind: DocumentKind, upload_id: str, *, now: datetime) -> None:
    """Note the uploaded file of this document; what was typed of it stays.

    Raises `RequestIsOpen`.
    """
    async with transaction() as session:
        draft = await _to_write(session, owner, now)
        old = draft.typed.get(kind, {})
        if old.get(FILE) != upload_id:
            put(draft, kind, {**old, FILE: upload_id}, now)


async def review(renewal: Renewal, *, now: datetime) -> ReviewedRenewal:
    """What the rules say of this renewal, all at once. Changes nothing."""
    # Until the declaration is made it is missing, which the review need not say.
    made = _drafted(renewal, confirmed=True)
    try:
        found = (await rehearse(KIND, made.document, now=now)).problems
    except SubmissionRefused as refused:
        found = refused.problems
    return ReviewedRenewal(renewal, tuple(_placed(made, each) for each in found))


async def send(
    owner: str, *, draft_id: UUID, version: int, confirmed: bool, now: datetime
) -> Request:
    """Send the renewal as its owner reviewed it.

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
    try:
        return await accept(KIND, made.document, now=now, draft=draft)
    except SubmissionRefused as refused:
        raise DraftRefused(tuple(_placed(made, each) for each in refused.problems)) from None


def takes_a_file(kind: DocumentKind) -> bool:
    """Whether policy takes a file of this kind; of the others particulars are enough."""
    return current_policy().documents.kinds[kind].rule != "never_accept"


async def _to_write(session: AsyncSession, owner: str, now: datetime) -> Draft:
    practitioner = await find_practitioner(session, owner)
    request = await open_request(session, practitioner.id, KIND)
    if request is not None:
        raise RequestIsOpen(request.tracking_code)
    return await begin_draft(session, practitioner.id, KIND, since=kept_since(now), now=now)


def _drafted(renewal: Renewal, *, confirmed: bool) -> DraftedRenewal:
    return renewal_of(
        renewal.content,
        renewal.asked,
        registration_number=renewal.registration_number,
        confirmed=confirmed,
        idempotency_key=renewal.draft.idempotency_key if renewal.draft else _NO_KEY,
    )


def _placed(made: DraftedRenewal, found: Problem) -> Placed:
    part, box = made.place_of(found) or (None, None)
    if box in _STATED:
        return Placed(problem("document_file_missing", found.field), part, FILE)
    return Placed(found, part, box)
