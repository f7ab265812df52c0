"""The door for submissions: refuse with every problem at once, or accept once."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.applicant import Applicant
from desk.kinds.kind import KindOfRequest
from desk.kinds.reading import SubmissionRefused
from desk.kinds.registry import KINDS, kind_of
from desk.policy import current_policy
from desk.requests.addresses import addresses_taken, held_to_its_code
from desk.requests.queueing import queue_received
from models.constraints import AlreadyTaken
from models.database import transaction
from models.documents.uses import note_uses
from models.door import APPLICANT, change_status, record, ring
from models.drafts import Draft, DraftMoved, use_up
from models.earlier_rounds import keep_round
from models.requests import Request, decisions_of_round, find_request, first_of_key
from models.submission_keys import content_digest, find_key, keep_content
from rules.errors import Conflict
from rules.findings.problems import ValueRefused, problem
from rules.requests.checked import Checked
from rules.requests.events import EventName
from rules.requests.frame import Framed
from rules.requests.statuses import Kind, Status
from rules.values.dates import riyadh_day
from rules.values.text import clean_idempotency_key
from rules.values.tracking_code import make_tracking_code


class IdempotencyKeyReused(Conflict):
    """This idempotency key was used before, by somebody else or with another content."""

    def __init__(self) -> None:
        super().__init__("idempotency_key: an earlier submission with other content has this key")
        self.problems = (problem("idempotency_key_used", "idempotency_key"),)


class NotReturned(Conflict):
    """The request does not wait for a correction."""

    def __init__(self, tracking_code: str, status: Status) -> None:
        super().__init__(f"request {tracking_code} does not wait for a correction: it is {status}")
        self.status = status


class OnBehalf(Protocol):
    """Another system that hands a submission in for somebody."""

    def refuse(self, applicant: Applicant) -> None:
        """Raise where it may not do so for this person."""
        ...

    async def note(self, session: AsyncSession, request: Request) -> None:
        """Write down that it did, in the transaction that keeps the request."""
        ...


@dataclass(frozen=True)
class _Read:
    """A submission that has been read: its kind's own type, and what is kept of it."""

    kind: KindOfRequest[Any]
    submission: Framed
    key: str
    #: As it is kept on the request's row.
    document: dict[str, Any]
    digest: str


def _read(kind: KindOfRequest[Any], submission: Mapping[str, Any] | Framed) -> _Read:
    read = kind.read(submission)
    try:
        key = clean_idempotency_key(read.idempotency_key)
    except ValueRefused as refused:
        raise SubmissionRefused([refused.about("idempotency_key")]) from None
    document = kind.to_json(read)
    return _Read(kind, read, key, document, content_digest(document))


async def accept(
    kind: Kind,
    submission: Mapping[str, Any] | Framed,
    *,
    now: datetime,
    draft: Draft | None = None,
    on_behalf: OnBehalf | None = None,
) -> Request:
    """Accept a submission as a request, which its run will carry; the letter says "received".

    A JSON object or the kind's own type: it is read here, once. The same idempotency key with the
    same content is the same request, however often and however concurrently it comes, also when
    the request was corrected since or has ended; anybody else's use of the key, or other content,
    raises `IdempotencyKeyReused`. Raises `SubmissionRefused` with every problem at once; then
    nothing is kept. The ``draft`` that it was made of is destroyed with it, or, where that was
    saved or sent meanwhile, `DraftMoved` is raised and nothing is kept; a new e-mail address in it
    must have been confirmed by its code. What ``on_behalf`` refuses is raised before all of that.
    """
    read = _read(KINDS[kind], submission)
    try:
        async with transaction() as session:
            known = await _known(session, read)
            if known is not None:
                return known
            taken = await addresses_taken(session, draft, None)
            if draft is not None:
                await use_up(session, draft)
            applicant = await read.kind.applicant(session, read.submission)
            if on_behalf is not None:
                on_behalf.refuse(applicant)
            checked = await _refuse_problems(session, read, applicant, now, taken=taken)
            kept = await _keep(session, read, applicant, checked, now)
            if on_behalf is not None:
                await on_behalf.note(session, kept)
            return kept
    except (AlreadyTaken, SubmissionRefused, IdempotencyKeyReused, DraftMoved) as collision:
        # The same submission may have been accepted meanwhile, and be what stood in its own way.
        async with transaction() as session:
            known = await _known(session, read)
        if known is not None:
            return known
        if not isinstance(collision, AlreadyTaken):
            raise
        if collision.field == "tracking_code":  # by chance: another one is drawn
            return await accept(kind, submission, now=now, draft=draft, on_behalf=on_behalf)
        raise SubmissionRefused(collision.problems) from None


async def rehearse(
    kind: Kind,
    submission: Mapping[str, Any] | Framed,
    *,
    now: datetime,
    tracking_code: str | None = None,
    draft: Draft | None = None,
) -> Checked:
    """What `accept` would find in this submission, or `resubmit` for the request; keeps nothing.

    For ``draft`` see `accept`. Raises `SubmissionRefused` where it has no shape to be judged in,
    `RequestUnknown`.
    """
    read = _read(KINDS[kind], submission)
    async with transaction() as session:
        request = None
        if tracking_code is not None:
            request = await find_request(session, tracking_code)
        applicant = await read.kind.applicant(session, read.submission)
        taken = await addresses_taken(session, draft, request)
        return await _check(session, read, applicant, now, request=request, taken=taken)


async def resubmit(
    tracking_code: str,
    corrected: Mapping[str, Any] | Framed,
    *,
    now: datetime,
    draft: Draft | None = None,
) -> None:
    """Take the corrected submission of a returned request: a new round, with the history kept.

    What was accepted for the request before changes nothing, unless the request was returned since:
    then the applicant says again that it is right. Raises `NotReturned`, `SubmissionRefused`,
    `RequestUnknown`, `IdempotencyKeyReused` where the key is another request's; then the request
    stays as it was. For ``draft`` see `accept`.
    """
    async with transaction() as session:
        request = await find_request(session, tracking_code, lock=True)
        read = _read(kind_of(request), corrected)
        if request.status != Status.RETURNED:
            if await _is_of(session, request, read):
                return
            raise NotReturned(tracking_code, Status(request.status))
        taken = await addresses_taken(session, draft, request)
        if draft is not None:
            await use_up(session, draft)
        applicant = await read.kind.applicant(session, read.submission)
        if applicant.practitioner_id != request.practitioner_id:
            raise SubmissionRefused(
                [problem("registration_number_of_another", "registration_number")]
            )
        checked = await _refuse_problems(
            session, read, applicant, now, request=request, taken=taken
        )
        await _keep_contents(session, request, read, now=now)
        # What the checks sent back was shown to nobody: its row holds the round before.
        if await decisions_of_round(session, request):
            keep_round(session, request, now=now)
        request.submission = read.document
        request.language = read.submission.preferred_language or applicant.preferred_language
        request.submitted_at = now
        request.round += 1
        request.closes_at = None
        await note_uses(session, request, checked.uploads, now=now)
        await change_status(session, request, Status.SUBMITTED, by=APPLICANT, now=now)


async def _known(session: AsyncSession, read: _Read) -> Request | None:
    """The request that has accepted this content under the key; None for a new key."""
    found = await find_key(session, read.kind.kind, read.key)
    if found is not None:
        if read.digest not in found.contents:
            raise IdempotencyKeyReused
        return await session.get_one(Request, found.request_id)
    older = await first_of_key(session, read.kind.kind, read.key)
    # Contents were not always kept: of an older request the last one is known.
    if older is not None and content_digest(older.submission) != read.digest:
        raise IdempotencyKeyReused
    return older


async def _is_of(session: AsyncSession, request: Request, read: _Read) -> bool:
    """Whether the request has accepted this content under the key, whatever came of it."""
    found = await find_key(session, request.kind, read.key)
    if found is None:
        return content_digest(request.submission) == read.digest
    return found.request_id == request.id and read.digest in found.contents


async def _keep_contents(
    session: AsyncSession, request: Request, read: _Read, *, now: datetime
) -> None:
    """Note what the request accepts, and what it held until now: an older one has not noted it."""
    until_now = (str(request.submission["idempotency_key"]), content_digest(request.submission))
    first = await first_of_key(session, read.kind.kind, read.key)
    if first is not None and first.id != request.id:
        raise IdempotencyKeyReused
    # Of a new request they are the same.
    for key, digest in dict.fromkeys((until_now, (read.key, read.digest))):
        kept = await keep_content(
            session, kind=request.kind, key=key, request_id=request.id, digest=digest, now=now
        )
        if not kept:
            raise IdempotencyKeyReused


async def _refuse_problems(
    session: AsyncSession,
    read: _Read,
    applicant: Applicant,
    now: datetime,
    *,
    request: Request | None = None,
    taken: frozenset[str] | None,
) -> Checked:
    checked = await _check(session, read, applicant, now, request=request, taken=taken)
    if checked.problems:
        raise SubmissionRefused(checked.problems)
    return checked


async def _check(
    session: AsyncSession,
    read: _Read,
    applicant: Applicant,
    now: datetime,
    *,
    request: Request | None,
    taken: frozenset[str] | None,
) -> Checked:
    checked = await read.kind.check(
        session,
        read.submission,
        applicant,
        today=riyadh_day(now),
        policy=current_policy(),
        request=request,
        now=now,
    )
    return held_to_its_code(checked, taken)


async def _keep(
    session: AsyncSession, read: _Read, applicant: Applicant, checked: Checked, now: datetime
) -> Request:
    request = Request(
        kind=read.kind.kind,
        tracking_code=make_tracking_code(secrets.token_bytes(8)),
        practitioner_id=applicant.practitioner_id,
        language=read.submission.preferred_language or applicant.preferred_language,
        idempotency_key=read.key,
        submission=read.document,
        submitted_at=now,
        status_since=now,
    )
    session.add(request)
    await session.flush()
    await _keep_contents(session, request, read, now=now)
    await note_uses(session, request, checked.uploads, now=now)
    record(session, request, EventName.SUBMITTED, by=APPLICANT, now=now, to=Status.SUBMITTED)
    await queue_received(session, request, applicant, now=now)
    await ring(session)
    return request
