"""What our database and the mail server say of requests, whoever carried them."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from uuid import UUID

from sqlalchemy import ARRAY, String, any_, bindparam
from sqlmodel import col, func, select

from benchmarks.burst import restarts
from benchmarks.whole_pipeline.post import Post
from models.database import transaction
from models.letters import Letter
from models.requests import Request
from rules.requests.letter_status import LetterStatus
from rules.requests.reference_number import parse_reference
from rules.requests.statuses import Status

#: What each request is owed on its way.
LETTERS = ("activation", "received")
#: How long a letter that was accepted may take to be stamped.
_STAMPED_WITHIN = 30.0
_LOOK_EVERY = 0.2


async def at_the_gate(codes: Sequence[str]) -> int:
    """How many of the requests wait for an officer."""
    return await _standing(codes, Status.UNDER_REVIEW)


async def with_a_link(codes: Sequence[str]) -> int:
    """How many of the requests wait for their link to be used."""
    return await _standing(codes, Status.AWAITING_ACTIVATION)


async def faults(codes: Sequence[str], post: Post) -> list[str]:
    """All that is not as it must be, once each has its e-mails; none where all is well.

    Every request waits for its link to be used, with one reference number of a row without gaps;
    no run of it was started again; it has one letter of each sort, sent once.
    """
    requests = await _requests(codes)
    letters = await _settled_letters(codes)
    taken = post.taken()
    found = [
        *_standing_elsewhere(requests),
        *_references(requests),
        *_wrong_letters(codes, letters, taken.times),
    ]
    restarted = await restarts(codes)
    return [*found, f"{restarted} runs were started again"] if restarted else found


async def last_taken(codes: Sequence[str], post: Post) -> float:
    """When the mail server took the last of their e-mails, in seconds since 1970; 0 for none."""
    at = post.taken().at
    return max((at.get(letter.id, 0.0) for _, letter in await _letters(codes)), default=0.0)


def _standing_elsewhere(requests: Sequence[Request]) -> list[str]:
    where = Counter(request.status for request in requests)
    del where[Status.AWAITING_ACTIVATION]
    return [f"{count} requests are {status}" for status, count in sorted(where.items())]


def _references(requests: Sequence[Request]) -> list[str]:
    numbers = [one.reference_number for one in requests if one.reference_number is not None]
    found = [] if len(numbers) == len(requests) else ["requests without a reference number"]
    sequences = sorted(parse_reference(number).sequence for number in numbers)
    if any(after - before != 1 for before, after in pairwise(sequences)):
        found.append("reference numbers with a gap, or twice")
    return found


def _wrong_letters(
    codes: Sequence[str], letters: Sequence[tuple[str, Letter]], times: Counter[UUID]
) -> list[str]:
    of_request: dict[str, list[str]] = defaultdict(list)
    for code, letter in letters:
        of_request[code].append(letter.letter)
    lacking = sum(tuple(sorted(of_request[code])) != LETTERS for code in codes)
    unsent = sum(letter.status != LetterStatus.SENT for _, letter in letters)
    not_once = sum(times[letter.id] != 1 for _, letter in letters)
    said = {
        f"{lacking} requests without one e-mail of each sort": lacking,
        f"{unsent} e-mails not sent": unsent,
        f"{not_once} e-mails that the mail server did not take exactly once": not_once,
    }
    return [line for line, count in said.items() if count]


async def _requests(codes: Sequence[str]) -> list[Request]:
    async with transaction() as session:
        query = select(Request).where(col(Request.tracking_code).in_(codes))
        return list((await session.exec(query)).all())


async def _letters(codes: Sequence[str]) -> list[tuple[str, Letter]]:
    query = (
        select(Request.tracking_code, Letter)
        .join(Letter, col(Letter.request_id) == col(Request.id))
        .where(col(Request.tracking_code).in_(codes))
    )
    async with transaction() as session:
        return list((await session.exec(query)).all())


async def _settled_letters(codes: Sequence[str]) -> list[tuple[str, Letter]]:
    """Their letters, when the last stamp is on them or time is up."""
    for _ in range(int(_STAMPED_WITHIN / _LOOK_EVERY)):
        letters = await _letters(codes)
        if all(letter.status != LetterStatus.QUEUED for _, letter in letters):
            return letters
        await asyncio.sleep(_LOOK_EVERY)
    return await _letters(codes)


async def _standing(codes: Sequence[str], status: Status) -> int:
    # One value: to write out 5,000 costs more than what is asked, four times a second.
    ours = any_(bindparam("codes", list(codes), ARRAY(String), unique=True))
    query = select(func.count()).where(
        col(Request.tracking_code) == ours, col(Request.status) == status
    )
    async with transaction() as session:
        return (await session.exec(query)).one()
