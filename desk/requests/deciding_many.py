"""Deciding many requests: the same `decide` for each, in sets, at the database's speed."""

import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.register.in_chunks import in_chunks
from desk.requests.at_the_gate import ReviewAlreadyDecided
from desk.requests.review import AlreadyApprovedByOfficer, Ruling, decide_in, said_of
from models.database import is_of_one_statement, is_passing, transaction
from models.gate_facts import decided_so
from models.officers import find_officer, officer_name
from rules.errors import Broken, MumarisError
from rules.requests.statuses import Status

logger = logging.getLogger("mumaris.deciding")


class DecisionFailed(Broken):
    """By a fault of ours: nothing was decided of this request."""

    def __init__(self, tracking_code: str, fault: str) -> None:
        super().__init__(f"request {tracking_code} cannot be decided: a fault ({fault})")


@dataclass(frozen=True, kw_only=True)
class DecidedOne:
    """What became of one request of many."""

    tracking_code: str
    #: Where it stands since; None where it was not decided now.
    status: Status | None
    #: Why not: what `desk.requests.review.decide` would raise.
    refused: MumarisError | None
    #: Whether the officer had decided just this before, in the present round.
    is_done_before: bool = False


async def decide_many(
    tracking_codes: Iterable[str], ruling: Ruling, *, now: datetime
) -> AsyncIterator[DecidedOne]:
    """Decide each of these requests as `desk.requests.review.decide` does; one result for each.

    In chunks of a transaction each, one after the other: its results come when it is committed, in
    no promised order. What is refused, or fails by a fault, stops no other. A chunk waits for
    nobody: what somebody else holds in that moment is tried again behind the rest, and at last by
    itself, as long as a lone decision waits. The same code twice is one. Repeated, also after it
    was killed between two chunks, it changes nothing of what was decided, and says so. Before the
    first one it raises `OfficerUnknown`, and `ReasonMissing`, `NoteMissing` and `ValueRefused`
    where the ruling itself is none; on the way the database's error where that is away.
    """
    said_of(ruling)
    async with transaction() as session:
        await find_officer(session, ruling.officer)
    left, by_themselves = list(dict.fromkeys(tracking_codes)), list[str]()
    for _ in range(_TOGETHER):
        held: list[str] = []
        for chunk in in_chunks(left):
            try:
                done = await _decided(chunk, ruling, now=now, wait=False)
            except Exception as fault:
                if _is_away(fault):
                    raise
                by_themselves += chunk
                continue
            held += _missing(chunk, done)
            for one in done:
                yield one
        left = held
    for code in (*by_themselves, *left):
        yield await _by_itself(code, ruling, now=now)


#: How often what is held by others is tried with others, before each is waited for.
_TOGETHER = 2


def _missing(chunk: Sequence[str], done: Sequence[DecidedOne]) -> list[str]:
    answered = {one.tracking_code for one in done}
    return [code for code in chunk if code not in answered]


async def _by_itself(code: str, ruling: Ruling, *, now: datetime) -> DecidedOne:
    try:
        (done,) = await _decided([code], ruling, now=now, wait=True)
    except Exception as fault:
        if _is_away(fault):
            raise
        name = type(fault).__name__
        logger.warning("a decision among several failed (%s)", name)
        return DecidedOne(tracking_code=code, status=None, refused=DecisionFailed(code, name))
    return done


def _is_away(fault: Exception) -> bool:
    return is_passing(fault) and not is_of_one_statement(fault)


async def _decided(
    codes: Sequence[str], ruling: Ruling, *, now: datetime, wait: bool
) -> list[DecidedOne]:
    async with transaction() as session:
        rulings = dict.fromkeys(codes, ruling)
        found = await decide_in(session, rulings, now=now, wait=wait, in_bulk=len(codes) > 1)
        before = await _done_before(session, found, ruling)
    return [
        DecidedOne(
            tracking_code=code,
            status=None if isinstance(said, MumarisError) else said,
            refused=said if isinstance(said, MumarisError) else None,
            is_done_before=code in before,
        )
        for code, said in found.items()
    ]


async def _done_before(
    session: AsyncSession, found: dict[str, Status | MumarisError], ruling: Ruling
) -> frozenset[str]:
    officer = officer_name(ruling.officer)
    late = [
        code
        for code, said in found.items()
        if isinstance(said, ReviewAlreadyDecided | AlreadyApprovedByOfficer)
    ]
    if not late or officer is None:
        return frozenset()
    return await decided_so(session, late, officer, ruling.verdict)
