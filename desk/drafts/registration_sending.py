"""What the rules say of a registration that is being written, and sending it: once."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal
from uuid import UUID

from desk.drafts.registration import KIND, Registration, look
from desk.drafts.rehearsing import problems_of
from desk.drafts.reviewing import Placed, placed_in_parts
from desk.drafts.sending import DraftGone, became, handed_in
from models.database import transaction
from models.drafts import DraftMoved
from models.newcomers import find_newcomer
from models.requests import Request
from rules.registration.drafted import DraftedRegistration, registration_of
from rules.requests.drafted_documents import kind_of_part
from rules.values.document_kind import DocumentKind


@dataclass(frozen=True, repr=False)
class ReviewedRegistration:
    """A registration as the rules read it."""

    registration: Registration
    problems: tuple[Placed, ...]

    def of(self, part: str | None) -> tuple[Placed, ...]:
        """The problems of this part; of None, those of the whole."""
        return tuple(each for each in self.problems if each.part == part)

    @property
    def asked(self) -> tuple[DocumentKind, ...]:
        """The documents that the rules ask for and that were not begun."""
        there = self.registration.content
        kinds = (kind_of_part(each.part) for each in self.problems if each.part)
        return tuple(dict.fromkeys(kind for kind in kinds if kind and kind not in there))


async def review(registration: Registration, *, now: datetime) -> ReviewedRegistration:
    """What the rules say of this registration, all at once. Changes nothing."""
    # Until the declaration is made it is missing, which the review need not say.
    made = _drafted(registration, language="ar", confirmed=True)
    found = await problems_of(
        KIND,
        made.document,
        corrects=registration.corrects,
        draft=registration.draft,
        now=now,
    )
    return ReviewedRegistration(registration, placed_in_parts(made, found))


async def send(
    owner: str,
    *,
    draft_id: UUID,
    version: int,
    language: Literal["ar", "en"],
    confirmed: bool,
    now: datetime,
) -> Request:
    """Send what was reviewed: a new request, or a returned one's correction.

    ``language`` is that of its e-mails. Sent again, after a restart or from another window, it is
    the same request. Raises `DraftMoved` where it was saved since it was reviewed, `DraftRefused`,
    and `desk.drafts.sending.DraftGone`.
    """
    registration = await look(owner, now=now)
    draft = registration.draft
    if draft is None or draft.id != draft_id:
        return await _sent_before(owner, draft_id)
    if draft.version != version:
        raise DraftMoved
    made = _drafted(registration, language=language, confirmed=confirmed)
    placed_by = partial(placed_in_parts, made)
    return await handed_in(KIND, registration, made.document, placed_by, now=now)


async def _sent_before(owner: str, draft_id: UUID) -> Request:
    async with transaction() as session:
        newcomer = await find_newcomer(session, owner)
        request = await became(session, KIND, draft_id)
        if newcomer is None or request is None or request.newcomer_id != newcomer.id:
            raise DraftGone
        return request


def _drafted(
    registration: Registration, *, language: Literal["ar", "en"], confirmed: bool
) -> DraftedRegistration:
    return registration_of(
        registration.content,
        email=registration.address,
        language=language,
        confirmed=confirmed,
        idempotency_key=registration.idempotency_key,
    )
