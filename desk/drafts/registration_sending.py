"""What the rules say of a registration that is being written, and sending it: once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from desk.drafts.registration import KIND, Registration, look
from desk.drafts.registration_correcting import found_in
from desk.drafts.reviewing import Placed, in_a_form
from desk.drafts.sending import DraftGone, DraftRefused
from desk.kinds.reading import SubmissionRefused
from desk.requests.submission import accept, resubmit
from models.database import transaction
from models.drafts import DraftMoved, key_of
from models.newcomers import find_newcomer
from models.requests import Request
from models.submission_keys import find_key
from rules.findings.problems import Problem, problem
from rules.registration.drafted import DraftedRegistration, registration_of
from rules.requests.documents import STATED
from rules.requests.drafted_documents import FILE, kind_of_part
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
    return ReviewedRegistration(
        registration,
        tuple(
            _placed(made, each)
            for each in await found_in(made, registration.corrects, registration.draft, now=now)
        ),
    )


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
    try:
        if registration.corrects is None:
            return await accept(KIND, made.document, now=now, draft=draft)
        await resubmit(registration.corrects.tracking_code, made.document, now=now, draft=draft)
    except SubmissionRefused as refused:
        raise DraftRefused(tuple(_placed(made, each) for each in refused.problems)) from None
    return registration.corrects


async def _sent_before(owner: str, draft_id: UUID) -> Request:
    async with transaction() as session:
        newcomer = await find_newcomer(session, owner)
        used = await find_key(session, KIND, key_of(draft_id))
        request = None if used is None else await session.get(Request, used.request_id)
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


def _placed(made: DraftedRegistration, found: Problem) -> Placed:
    part, box = made.place_of(found) or (None, None)
    if box in STATED:
        # A browser sends the file or nothing: a document without one has its file missing.
        return Placed(problem("document_file_missing", found.field), part, FILE)
    return Placed(in_a_form(found), part, box)
