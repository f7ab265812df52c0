"""The door for submissions: refuse with every problem at once, or accept once."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.coalescing import Coalescing
from desk.kinds.reading import SubmissionRefused
from desk.kinds.registry import KINDS, kind_of
from desk.requests.accepting import (
    AcceptedRequest,
    IdempotencyKeyReused,
    accept_set,
    check,
    rehearsed,
)
from desk.requests.addresses import addresses_taken
from desk.requests.on_behalf import OnBehalf
from desk.requests.read_submissions import ReadSubmission, read_submission
from models.constraints import AlreadyTaken
from models.database import transaction
from models.documents.uses import note_uses
from models.door import APPLICANT, change_status
from models.drafts import Draft, use_up
from models.earlier_rounds import keep_round
from models.request_sets import used_keys
from models.requests import Request, decisions_of_round, find_request
from models.submission_keys import content_digest, find_key, keep_content
from rules.errors import Conflict
from rules.findings.problems import problem
from rules.requests.checked import Checked
from rules.requests.frame import Framed
from rules.requests.statuses import Kind, Status
from traces.work import note_begun


class NotReturned(Conflict):
    """The request does not wait for a correction."""

    def __init__(self, tracking_code: str, status: Status) -> None:
        super().__init__(f"request {tracking_code} does not wait for a correction: it is {status}")
        self.status = status


@dataclass(frozen=True, repr=False)
class _Submission:
    read: ReadSubmission
    now: datetime
    on_behalf: OnBehalf | None


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
    found = await accept_once(kind, submission, now=now, draft=draft, on_behalf=on_behalf)
    return found.request


async def accept_once(
    kind: Kind,
    submission: Mapping[str, Any] | Framed,
    *,
    now: datetime,
    draft: Draft | None = None,
    on_behalf: OnBehalf | None = None,
) -> AcceptedRequest:
    """As `accept`; it says too whether the request is a new one."""
    one = _Submission(read_submission(KINDS[kind], submission), now, on_behalf)
    if draft is not None:  # the set would wait for whoever holds it
        return await _accept_alone(one, draft)
    group = (kind, None if on_behalf is None else on_behalf.who)
    found = await _COALESCING.done(one, group=group)
    if found.is_new:
        note_begun([found.request.id])  # of a set, the trace is not its own
    return found


async def _accept_alone(one: _Submission, draft: Draft | None = None) -> AcceptedRequest:
    while True:  # another time where somebody else was first: then what stands there is seen
        with suppress(AlreadyTaken):
            async with transaction() as session:
                (outcome,) = await accept_set(
                    session,
                    one.read.kind,
                    [one.read],
                    now=one.now,
                    draft=draft,
                    on_behalf=one.on_behalf,
                )
                if isinstance(outcome, AcceptedRequest):
                    return outcome
                if outcome is not None:
                    raise outcome
                await session.rollback()  # the draft is not used up


async def _accept_together(ones: Sequence[_Submission]) -> list[AcceptedRequest | None]:
    """The new requests; whatever else came of one is found alone, as it comes then."""
    newest = max(ones, key=lambda one: one.now)
    async with transaction() as session:
        outcomes = await accept_set(
            session,
            newest.read.kind,
            [one.read for one in ones],
            now=newest.now,
            on_behalf=newest.on_behalf,
        )
    return [
        outcome if isinstance(outcome, AcceptedRequest) and outcome.is_new else None
        for outcome in outcomes
    ]


_COALESCING = Coalescing(_accept_alone, _accept_together)


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
    read = read_submission(KINDS[kind], submission)
    async with transaction() as session:
        request = None
        if tracking_code is not None:
            request = await find_request(session, tracking_code)
        applicant = await read.kind.applicant(session, read.submission)
        taken = await addresses_taken(session, draft, request)
        return await rehearsed(session, read, applicant, now=now, request=request, taken=taken)


async def resubmit(
    tracking_code: str,
    corrected: Mapping[str, Any] | Framed,
    *,
    now: datetime,
    draft: Draft | None = None,
    on_behalf: OnBehalf | None = None,
) -> None:
    """Take the corrected submission of a returned request: a new round, with the history kept.

    What was accepted for the request before changes nothing, unless the request was returned since:
    then the applicant says again that it is right. Raises `NotReturned`, `SubmissionRefused`,
    `RequestUnknown`, `IdempotencyKeyReused` where the key is another request's; then the request
    stays as it was. For ``draft`` and ``on_behalf`` see `accept`.
    """
    async with transaction() as session:
        request = await find_request(session, tracking_code, lock=True)
        read = read_submission(kind_of(request), corrected)
        if request.status != Status.RETURNED:
            if await _is_of(session, request, read):
                return
            raise NotReturned(tracking_code, Status(request.status))
        taken = await addresses_taken(session, draft, request)
        if draft is not None:
            await use_up(session, draft)
        applicant = await read.kind.applicant(session, read.submission)
        if on_behalf is not None:
            applicant = await on_behalf.admitted(session, applicant)
            request.newcomer_id = request.newcomer_id or applicant.newcomer_id
        if applicant.practitioner_id != request.practitioner_id:
            raise SubmissionRefused(
                [problem("registration_number_of_another", "registration_number")]
            )
        checked = await check(session, read, applicant, now=now, request=request, taken=taken)
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


async def _is_of(session: AsyncSession, request: Request, read: ReadSubmission) -> bool:
    """Whether the request has accepted this content under the key, whatever came of it."""
    found = await find_key(session, request.kind, read.key)
    if found is None:
        return content_digest(request.submission) == read.digest
    return found.request_id == request.id and read.digest in found.contents


async def _keep_contents(
    session: AsyncSession, request: Request, read: ReadSubmission, *, now: datetime
) -> None:
    """Note what the request accepts, and what it held until now: an older one has not noted it."""
    until_now = (str(request.submission["idempotency_key"]), content_digest(request.submission))
    used = await used_keys(session, read.kind.kind, [read.key])
    if read.key in used and used[read.key][0].id != request.id:
        raise IdempotencyKeyReused
    for key, digest in (until_now, (read.key, read.digest)):
        kept = await keep_content(
            session, kind=request.kind, key=key, request_id=request.id, digest=digest, now=now
        )
        if not kept:
            raise IdempotencyKeyReused
