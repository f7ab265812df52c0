"""Accepting submissions in the caller's transaction: a set of them in a few statements."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.applicant import Applicant
from desk.kinds.kind import KindOfRequest
from desk.kinds.reading import SubmissionRefused
from desk.policy import current_policy
from desk.requests.addresses import addresses_taken, held_to_its_code
from desk.requests.on_behalf import OnBehalf
from desk.requests.queueing import received
from desk.requests.read_submissions import ReadSubmission
from models.constraints import TAKEN, AlreadyTaken
from models.documents.uses import note_all_uses
from models.door import APPLICANT
from models.drafts import Draft, DraftMoved, use_up
from models.entry import keep_submitted
from models.making import maker
from models.open_requests import OPEN_REQUESTS, has_open_request
from models.request_sets import used_keys
from models.requests import Request
from models.submission_keys import SubmissionKey, content_digest
from rules.errors import Conflict
from rules.findings.problems import problem
from rules.requests.checked import Checked
from rules.requests.process_versions import current_version
from rules.values.dates import riyadh_day
from rules.values.tracking_code import make_tracking_code


class IdempotencyKeyReused(Conflict):
    """This idempotency key was used before, by somebody else or with another content."""

    def __init__(self) -> None:
        super().__init__("idempotency_key: an earlier submission with other content has this key")
        self.problems = (problem("idempotency_key_used", "idempotency_key"),)


@dataclass(frozen=True, repr=False)
class AcceptedRequest:
    """The request that a submission is."""

    request: Request
    #: Whether it was made just now; else the same submission was accepted before.
    is_new: bool


#: Why a submission is no request.
Refusal = SubmissionRefused | IdempotencyKeyReused | DraftMoved
Outcome = AcceptedRequest | Refusal
_new_request, _new_key = maker(Request), maker(SubmissionKey)


@dataclass(frozen=True, repr=False)
class Judged:
    """A submission that nothing stands against."""

    read: ReadSubmission
    applicant: Applicant
    checked: Checked


async def accept_set(
    session: AsyncSession,
    kind: KindOfRequest[Any],
    reads: Sequence[ReadSubmission],
    *,
    now: datetime,
    draft: Draft | None = None,
    on_behalf: OnBehalf | None = None,
    in_bulk: bool = False,
) -> list[Outcome | None]:
    """What becomes of each of these submissions of one kind, in their order.

    Those that nothing stands against become requests, each with its key, history and letter. None
    where another one came first: it is asked about again in the next transaction, which sees that
    one. The ``draft`` of a set of one is used up. ``in_bulk`` says that nobody waits for them.
    Raises `AlreadyTaken` where somebody took a key meanwhile: then nothing of the set may be kept.
    """
    outcomes = await accepted_before(session, kind, dict(enumerate(reads)))
    new = {place: read for place, read in enumerate(reads) if place not in outcomes}
    judged, refused = await judge_set(session, kind, new, now=now, draft=draft, on_behalf=on_behalf)
    chosen = one_of_each(judged)
    kept = await _keep(session, chosen, now=now, in_bulk=in_bulk, on_behalf=on_behalf)
    outcomes |= {place: AcceptedRequest(made, is_new=True) for place, made in kept.items()}
    if refused:
        # The same submission may have been accepted meanwhile, and be what stood in its own way.
        met = await accepted_before(session, kind, {place: new[place] for place in refused})
        outcomes |= refused | met
    return [outcomes.get(place) for place in range(len(reads))]


async def accepted_before(
    session: AsyncSession, kind: KindOfRequest[Any], reads: Mapping[int, ReadSubmission]
) -> dict[int, Outcome]:
    """What has become, by their place, of those whose key was used before; others are left out."""
    used = await used_keys(session, kind.kind, [read.key for read in reads.values()])
    outcomes: dict[int, Outcome] = {}
    for place, read in reads.items():
        if read.key not in used:
            continue
        request, contents = used[read.key]
        # Contents were not always kept: of an older request the last one is known.
        known = [content_digest(request.submission)] if contents is None else contents
        is_same = read.digest in known
        outcomes[place] = (
            AcceptedRequest(request, is_new=False) if is_same else IdempotencyKeyReused()
        )
    return outcomes


async def judge_set(
    session: AsyncSession,
    kind: KindOfRequest[Any],
    reads: Mapping[int, ReadSubmission],
    *,
    now: datetime,
    draft: Draft | None = None,
    on_behalf: OnBehalf | None = None,
) -> tuple[dict[int, Judged], dict[int, Refusal]]:
    """By their place: those that nothing stands against, and why the others are refused.

    Keeps nothing. In the order of registration numbers and newcomers, so that two sets at once
    never wait for each other's people and uploads.
    """
    judged: dict[int, Judged] = {}
    if not reads:
        return judged, {}
    taken = await addresses_taken(session, draft, None)
    if draft is not None:
        try:
            await use_up(session, draft)
        except DraftMoved as moved:
            return judged, dict.fromkeys(reads, moved)
    applicants, refused = await _applicants(session, kind, reads, on_behalf)
    for place in sorted(applicants, key=lambda each: applicants[each].place):
        read, applicant = reads[place], applicants[place]
        try:
            checked = await check(session, read, applicant, now=now, request=None, taken=taken)
            await _refuse_second(session, kind, applicant)
            judged[place] = Judged(read, applicant, checked)
        except SubmissionRefused as refusal:
            refused[place] = read.refusal(refusal.problems)
    return judged, refused


async def _applicants(
    session: AsyncSession,
    kind: KindOfRequest[Any],
    reads: Mapping[int, ReadSubmission],
    on_behalf: OnBehalf | None,
) -> tuple[dict[int, Applicant], dict[int, Refusal]]:
    """Whose each of these is, with all that judging them asks asked; and which are nobody's."""
    applicants: dict[int, Applicant] = {}
    refused: dict[int, Refusal] = {}
    await kind.prepare(session, [read.submission for read in reads.values()])
    for place, read in reads.items():
        try:
            applicant = await kind.applicant(session, read.submission)
            if on_behalf is not None:
                applicant = await on_behalf.admitted(session, applicant)
            applicants[place] = applicant
        except SubmissionRefused as refusal:
            refused[place] = read.refusal(refusal.problems)
    people = [person for each in applicants.values() if (person := each.practitioner_id)]
    await OPEN_REQUESTS.ask_ahead(session, [(person, kind.kind) for person in people])
    return applicants, refused


async def check(
    session: AsyncSession,
    read: ReadSubmission,
    applicant: Applicant,
    *,
    now: datetime,
    request: Request | None,
    taken: frozenset[str] | None,
) -> Checked:
    """What the rules make of it; raises `SubmissionRefused` with every problem at once."""
    checked = await rehearsed(session, read, applicant, now=now, request=request, taken=taken)
    if checked.problems or read.noted:
        raise SubmissionRefused(checked.problems)
    return checked


async def rehearsed(
    session: AsyncSession,
    read: ReadSubmission,
    applicant: Applicant,
    *,
    now: datetime,
    request: Request | None,
    taken: frozenset[str] | None,
) -> Checked:
    """What the rules make of it, problems included; ``taken`` as of `addresses_taken`."""
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


def one_of_each(judged: Mapping[int, Judged]) -> dict[int, Judged]:
    """The first of those that have a key in common, or are one practitioner's."""
    chosen: dict[int, Judged] = {}
    keys: set[str] = set()
    people: set[UUID | None] = set()
    for place in sorted(judged):
        key, person = judged[place].read.key, judged[place].applicant.practitioner_id
        if key in keys or (person is not None and person in people):
            continue
        chosen[place] = judged[place]
        keys.add(key)
        people.add(person)
    return chosen


async def _refuse_second(
    session: AsyncSession, kind: KindOfRequest[Any], applicant: Applicant
) -> None:
    """A practitioner has one open request of a kind: the index that says so is looked at first."""
    person = applicant.practitioner_id
    if person is not None and await has_open_request(session, person, kind.kind):
        raise SubmissionRefused([TAKEN["one_open_request_per_kind"]])


async def _keep(
    session: AsyncSession,
    chosen: Mapping[int, Judged],
    *,
    now: datetime,
    in_bulk: bool,
    on_behalf: OnBehalf | None,
) -> dict[int, Request]:
    """The requests that came of these, by their place; one that met another's is left out."""
    in_order = sorted(chosen, key=lambda each: chosen[each].applicant.place)
    made = {place: _request(chosen[place], now, in_bulk=in_bulk) for place in in_order}
    requests = list(made.values())
    keys = [_key(chosen[place].read, request, now) for place, request in made.items()]
    letters = [received(each, chosen[place].applicant, now=now) for place, each in made.items()]
    notes = () if on_behalf is None else on_behalf.notes(requests)
    new, new_keys, *_ = await keep_submitted(
        session, requests, keys, letters, *notes, by=APPLICANT, now=now
    )
    if len(new_keys) < len(new):
        raise AlreadyTaken("the_same_submission_is_one_request")
    written = {UUID(key) for (key,) in new}
    kept = {place: request for place, request in made.items() if request.id in written}
    uses = [(request, chosen[place].checked.uploads) for place, request in kept.items()]
    await note_all_uses(session, uses, now=now)
    return kept


def _request(judged: Judged, now: datetime, *, in_bulk: bool) -> Request:
    read, applicant = judged.read, judged.applicant
    return _new_request(
        kind=read.kind.kind,
        tracking_code=make_tracking_code(secrets.token_bytes(8)),
        practitioner_id=applicant.practitioner_id,
        newcomer_id=applicant.newcomer_id,
        language=read.submission.preferred_language or applicant.preferred_language,
        idempotency_key=read.key,
        submission=read.document,
        submitted_at=now,
        status_since=now,
        in_bulk=in_bulk,
        process_version=current_version(read.kind.kind),
    )


def _key(read: ReadSubmission, request: Request, now: datetime) -> SubmissionKey:
    return _new_key(
        kind=request.kind,
        idempotency_key=read.key,
        request_id=request.id,
        contents=[read.digest],
        first_used_at=now,
    )
