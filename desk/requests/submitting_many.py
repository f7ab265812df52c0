"""Handing in many submissions of a kind: rows in, results out, a chunk in a transaction."""

import logging
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Mapping,
    Sequence,
)
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.kind import KindOfRequest
from desk.kinds.reading import SubmissionRefused
from desk.kinds.registry import KINDS
from desk.requests.accepting import (
    AcceptedRequest,
    IdempotencyKeyReused,
    Judged,
    Outcome,
    accept_set,
    accepted_before,
    judge_set,
)
from desk.requests.on_behalf import OnBehalf
from desk.requests.read_submissions import ReadSubmission, read_submission
from models.constraints import TAKEN, AlreadyTaken
from models.database import is_passing, patiently, transaction
from models.submission_jobs import JobTakenOver
from rules.findings.problems import Problem, problem
from rules.requests.frame import Framed
from rules.requests.row_outcomes import RowOutcome
from rules.requests.statuses import Kind

logger = logging.getLogger(__name__)
M = TypeVar("M")

#: Rows of one transaction: accepted in less than half a second, and held in memory together.
CHUNK = 500


Reads = Mapping[int, ReadSubmission]
#: What was found of a row: an outcome, or in a rehearsal what would be accepted, or our own fault.
Found = Outcome | Judged | Exception
Settle = Callable[[Reads], Awaitable[dict[int, Found]]]
#: Writes down what became of some, by their place, in the transaction that settles them.
Note = Callable[[AsyncSession, Mapping[int, Outcome]], Awaitable[None]]


@dataclass(frozen=True, repr=False)
class SubmittedRow(Generic[M]):
    """A submission to hand in, and its owner's mark for it."""

    mark: M
    #: A JSON object or the kind's own type; None for what is none.
    submission: Mapping[str, Any] | Framed | None
    #: What was found where the row comes from; with a problem it is refused, and judged all the
    #: same, so that every problem is told at once.
    noted: tuple[Problem, ...] = ()


@dataclass(frozen=True, repr=False)
class RowResult(Generic[M]):
    """What became of the row with this mark."""

    mark: M
    outcome: RowOutcome
    tracking_code: str | None = None
    problems: tuple[Problem, ...] = ()
    #: The request that it is.
    request_id: UUID | None = None


@dataclass(frozen=True)
class Beside(Generic[M]):
    """Who hands rows in for others, and what is written down as they are settled."""

    on_behalf: OnBehalf
    #: Called in the transaction that settles them: kept with them, or not at all.
    note: Callable[[AsyncSession, Sequence[RowResult[M]]], Awaitable[None]]


async def submit_many(
    kind: Kind,
    rows: AsyncIterable[SubmittedRow[M]],
    *,
    clock: Callable[[], datetime],
    beside: Beside[M] | None = None,
    together: int | None = None,
) -> AsyncIterator[RowResult[M]]:
    """Accept each row as `desk.requests.submission.accept` does; its result, in the rows' order.

    A chunk is one transaction, kept before its results are handed on: whoever stops on the way and
    begins again loses nothing and makes nothing twice. One row's fault, ours too, stops no other.
    Raises what the database says where it stays away.
    """

    def settle_of(chunk: Sequence[SubmittedRow[M]]) -> Settle:
        async def note(session: AsyncSession, outcomes: Mapping[int, Outcome]) -> None:
            if beside is not None:
                settled = sorted(outcomes.items())
                await beside.note(session, [_result(chunk[at].mark, one) for at, one in settled])

        async def settle(reads: Reads) -> dict[int, Found]:
            on_behalf = None if beside is None else beside.on_behalf
            return await _accepted(KINDS[kind], reads, clock(), on_behalf, note)

        return settle

    async for result in _results(KINDS[kind], rows, settle_of, together or CHUNK):
        yield result


async def rehearse_many(
    kind: Kind,
    rows: AsyncIterable[SubmittedRow[M]],
    *,
    clock: Callable[[], datetime],
    on_behalf: OnBehalf | None = None,
    together: int | None = None,
) -> AsyncIterator[RowResult[M]]:
    """What `submit_many` would do with these rows; keeps nothing.

    It remembers each row's key and practitioner, so that of two in one file the second is told what
    it would be told beside the first.
    """
    before = _Before()

    async def settle(reads: Reads) -> dict[int, Found]:
        found = await _rehearsed(KINDS[kind], reads, clock(), on_behalf)
        return {place: before.beside(one) for place, one in sorted(found.items())}

    async for result in _results(KINDS[kind], rows, lambda _: settle, together or CHUNK):
        yield result


async def _results(
    kind: KindOfRequest[Any],
    rows: AsyncIterable[SubmittedRow[M]],
    settle_of: Callable[[Sequence[SubmittedRow[M]]], Settle],
    together: int,
) -> AsyncIterator[RowResult[M]]:
    async for chunk in _chunks(rows, together):
        found: dict[int, Found] = {}
        reads: dict[int, ReadSubmission] = {}
        for place, row in enumerate(chunk):
            try:
                reads[place] = _read(kind, row)
            except Exception as fault:  # noqa: BLE001 - one row's fault stops no other
                found[place] = fault
        found |= await _by_halves(settle_of(chunk), reads)
        for place, row in enumerate(chunk):
            yield _result(row.mark, found[place])


async def _chunks(
    rows: AsyncIterable[SubmittedRow[M]], together: int
) -> AsyncIterator[list[SubmittedRow[M]]]:
    chunk: list[SubmittedRow[M]] = []
    async for row in rows:
        chunk.append(row)
        if len(chunk) == together:
            yield chunk
            chunk = []
    yield chunk


def _read(kind: KindOfRequest[Any], row: SubmittedRow[M]) -> ReadSubmission:
    if row.submission is None:
        raise SubmissionRefused(row.noted)
    return read_submission(kind, row.submission, row.noted)


async def _by_halves(settle: Settle, reads: Reads) -> dict[int, Found]:
    """What became of each; where one is a fault of ours, that one is found by halving."""
    if not reads:
        return {}
    try:
        return await settle(reads)
    except Exception as fault:
        if is_passing(fault) or isinstance(fault, JobTakenOver):
            raise
        places = list(reads)
        if len(places) == 1:
            return {places[0]: fault}
        half = len(places) // 2
        found: dict[int, Found] = {}
        for some in (places[:half], places[half:]):
            found |= await _by_halves(settle, {place: reads[place] for place in some})
        return found


def _result(mark: M, found: Found) -> RowResult[M]:
    if isinstance(found, AcceptedRequest):
        outcome = RowOutcome.ACCEPTED if found.is_new else RowOutcome.ACCEPTED_BEFORE
        request = found.request
        return RowResult(mark, outcome, request.tracking_code, request_id=request.id)
    if isinstance(found, Judged):
        return RowResult(mark, RowOutcome.VALID)
    if isinstance(found, SubmissionRefused | IdempotencyKeyReused):
        return RowResult(mark, RowOutcome.REFUSED, problems=found.problems)
    # Its words may quote the row.
    logger.error("a row could not be judged: %s", type(found).__name__)
    return RowResult(mark, RowOutcome.FAILED, problems=(problem("row_failed", "submission"),))


async def _accepted(
    kind: KindOfRequest[Any],
    reads: Reads,
    now: datetime,
    on_behalf: OnBehalf | None,
    note: Note,
) -> dict[int, Found]:
    outcomes: dict[int, Found] = {}
    while rest := {place: read for place, read in reads.items() if place not in outcomes}:
        with suppress(AlreadyTaken):  # then what stands there is seen the next time
            outcomes |= await _one_transaction(kind, rest, now, on_behalf, note)
    return outcomes


@patiently
async def _one_transaction(
    kind: KindOfRequest[Any],
    reads: Reads,
    now: datetime,
    on_behalf: OnBehalf | None,
    note: Note,
) -> dict[int, Outcome]:
    async with transaction() as session:
        found = await accept_set(
            session, kind, list(reads.values()), now=now, on_behalf=on_behalf, in_bulk=True
        )
        settled = zip(reads, found, strict=True)
        outcomes = {place: one for place, one in settled if one is not None}
        await note(session, outcomes)
    return outcomes


@patiently
async def _rehearsed(
    kind: KindOfRequest[Any], reads: Reads, now: datetime, on_behalf: OnBehalf | None
) -> dict[int, Found]:
    async with transaction() as session:
        before = await accepted_before(session, kind, reads)
        new = {place: read for place, read in reads.items() if place not in before}
        judged, refused = await judge_set(session, kind, new, now=now, on_behalf=on_behalf)
    return {**before, **judged, **refused}


@dataclass
class _Before:
    """The rows of a rehearsal that would have been accepted so far."""

    contents: dict[str, str] = field(default_factory=dict)
    people: set[UUID] = field(default_factory=set)

    def beside(self, found: Found) -> Found:
        """What was found of a row, beside these; it is one of them from then on."""
        if not isinstance(found, Judged):
            return found
        read, person = found.read, found.applicant.practitioner_id
        if read.key in self.contents:
            return found if self.contents[read.key] == read.digest else IdempotencyKeyReused()
        if person in self.people:
            return SubmissionRefused([TAKEN["one_open_request_per_kind"]])
        self.contents[read.key] = read.digest
        if person is not None:
            self.people.add(person)
        return found
