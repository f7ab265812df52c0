"""What holds of requests whatever happened to the machines that carried them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlmodel import col, select

from models.cards import Card, CardPeriod
from models.database import transaction
from models.letters import Letter
from models.practitioners import Practitioner
from models.requests import Request, history
from rules.requests.reference_number import parse_reference
from rules.requests.statuses import Kind, Status
from support.cards import periods
from support.newcomers import Stranger
from support.people import Applicant
from support.post_office import PostOffice

#: What their history says besides, as often as it happened.
_BESIDES = frozenset({"run_restarted"})


@dataclass(frozen=True)
class Wish:
    """What somebody asked for, and the steps that it takes."""

    applicant: Applicant | Stranger
    kind: Kind
    steps: Sequence[str]


@dataclass(frozen=True)
class Broken:
    """How often each invariant was broken."""

    #: Wishes that were taken, and no request of theirs is in force.
    lost: int = 0
    #: Wishes that became two requests, or came into force twice.
    twice: int = 0
    #: Reference numbers that two requests have, or none.
    references: int = 0
    #: E-mails that have a second Message-ID, or that nobody owes.
    message_ids: int = 0
    #: Requests whose history lacks a step, tells one twice, or tells them in another order.
    histories: int = 0


async def broken(wishes: Sequence[Wish], post: PostOffice) -> Broken:
    """Look at all that these wishes became; of reference numbers, at all there are."""
    found = [(wish, await _requests_of(wish)) for wish in wishes]
    requests = [(wish, rows[0]) for wish, rows in found if rows]
    return Broken(
        lost=sum(Status.ACTIVATED not in {row.status for row in rows} for _, rows in found),
        twice=sum([await _times(wish) + len(rows) > 2 for wish, rows in found]),
        references=await _wrong_references(),
        message_ids=sum([await _second_ids(row, post) for _, row in requests]),
        histories=sum([await _told(row) != [*wish.steps] for wish, row in requests]),
    )


async def copies(wishes: Sequence[Wish], post: PostOffice) -> int:
    """E-mails that the mail server got again, under the Message-ID that they had."""
    codes = [row.tracking_code for wish in wishes for row in await _requests_of(wish)]
    arrived = Counter(one.message_id for code in codes for one in post.letters(code))
    return arrived.total() - len(arrived)


async def _requests_of(wish: Wish) -> Sequence[Request]:
    who = wish.applicant
    query = select(Request)
    if isinstance(who, Stranger):  # the register has them at the end
        given = col(Request.submission)["profile"]["identity_number"].astext
        query = query.where(given == who.identity_number)
    else:
        query = query.join(
            Practitioner, col(Request.practitioner_id) == col(Practitioner.id)
        ).where(col(Practitioner.registration_number) == who.registration_number)
    async with transaction() as session:
        return (await session.exec(query)).all()


async def _times(wish: Wish) -> int:
    """How often it changed what is in force."""
    who = wish.applicant
    if isinstance(who, Stranger):
        return await _periods_of(who)
    if wish.kind == Kind.CARD_RENEWAL:
        return len(await periods(who.registration_number)) - 1
    return (await who.on_file()).version - 1


async def _periods_of(who: Stranger) -> int:
    async with transaction() as session:
        query = (
            select(CardPeriod)
            .join(Card, col(CardPeriod.card_id) == col(Card.id))
            .join(Practitioner, col(Card.practitioner_id) == col(Practitioner.id))
            .where(col(Practitioner.identity_number) == who.identity_number)
        )
        return len((await session.exec(query)).all())


async def _wrong_references() -> int:
    async with transaction() as session:
        query = select(Request.reference_number).where(col(Request.reference_number).is_not(None))
        issued = [parse_reference(str(one)) for one in (await session.exec(query)).all()]
    of_series = sorted((one.kind, one.year, one.sequence) for one in issued)
    wrong = 0
    for _, numbers in groupby(of_series, key=lambda one: one[:2]):
        had = Counter(sequence for _, _, sequence in numbers)
        wrong += had.total() - len(had) + len(set(range(1, max(had) + 1)) - set(had))
    return wrong


async def _second_ids(request: Request, post: PostOffice) -> int:
    async with transaction() as session:
        query = select(Letter).where(col(Letter.request_id) == request.id)
        letters = (await session.exec(query)).all()
    arrived = {one.message_id for one in post.letters(request.tracking_code)}
    owed = {f"<{one.id}@localhost>" for one in letters}
    more = len(letters) - len({one.letter for one in letters})
    return len(arrived ^ owed) + more


async def _told(request: Request) -> list[str]:
    async with transaction() as session:
        events = await history(session, request.id)
    return [event.what for event in events if event.what not in _BESIDES]
