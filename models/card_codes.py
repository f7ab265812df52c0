"""The codes of cards: what a card's picture leads to; one of a card counts at a time."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, or_, text, update
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.cards import Card, CardPeriod
from models.columns import instant, known, named, optional_instant
from models.practitioners import Practitioner
from rules.errors import NotFound

#: Whoever looks by a code has no name that tells one from the next: looks of a minute are one.
_ONE_LOOK = timedelta(minutes=1)


class CardCodeUnknown(NotFound):
    """No card has this code, or none that counts."""


class CodeEnd(StrEnum):
    """Why a code does not count any more."""

    #: Another one was given to its card.
    REPLACED = "replaced"
    #: It was taken back, and no other one given.
    WITHDRAWN = "withdrawn"


class CardCode(SQLModel, table=True):
    """A code of a card: by its hash the card is found; sealed, it can be printed again."""

    __tablename__ = "card_codes"
    __table_args__ = (
        UniqueConstraint("card_id", "number", name="codes_of_a_card_are_numbered"),
        known("ended_because", CodeEnd, name="a_code_ends_for_a_known_reason"),
        CheckConstraint(
            "(ended_at IS NULL) = (ended_because IS NULL)"
            " AND (ended_at IS NULL) = (ended_by IS NULL)",
            name="a_code_is_ended_by_somebody",
        ),
        Index(
            "one_code_of_a_card_counts",
            "card_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    card_id: UUID = Field(foreign_key="cards.id")
    #: Counts the codes of a card, from 1.
    number: int
    #: SHA-256 of the code; it has 128 random bits, so a plain hash is enough.
    code_hash: str = Field(unique=True)
    #: The code, wrapped by the master keys of documents.
    secret: str
    made_at: datetime = instant()
    #: The last look by the code that has a line of the access log.
    looked_at: datetime | None = optional_instant()
    ended_at: datetime | None = optional_instant()
    ended_because: CodeEnd | None = Field(default=None, sa_type=named(CodeEnd))
    #: The user name of the officer.
    ended_by: str | None = None


async def code_that_counts(session: AsyncSession, card_id: UUID) -> CardCode | None:
    """The card's code that counts; None where none does."""
    query = select(CardCode).where(
        col(CardCode.card_id) == card_id, col(CardCode.ended_at).is_(None)
    )
    return (await session.exec(query)).one_or_none()


async def last_code(session: AsyncSession, card_id: UUID) -> CardCode | None:
    """The code that the card was given last, whether it counts or not; None for none."""
    query = (
        select(CardCode)
        .where(col(CardCode.card_id) == card_id)
        .order_by(col(CardCode.number).desc())
        .limit(1)
    )
    return (await session.exec(query)).one_or_none()


async def next_number(session: AsyncSession, card_id: UUID) -> int:
    """The number of the card's next code."""
    query = select(func.coalesce(func.max(CardCode.number), 0)).where(
        col(CardCode.card_id) == card_id
    )
    return (await session.exec(query)).one() + 1


async def end_code(
    session: AsyncSession, card_id: UUID, *, because: CodeEnd, by: str, now: datetime
) -> bool:
    """End the code that counts; whether there was one."""
    ended = await session.exec(
        update(CardCode)
        .where(col(CardCode.card_id) == card_id, col(CardCode.ended_at).is_(None))
        .values(ended_at=now, ended_because=because, ended_by=by)
        .returning(col(CardCode.id))
        .execution_options(synchronize_session=False)
    )
    return ended.scalar_one_or_none() is not None


async def cards_by_code(
    session: AsyncSession, hashes: Collection[str]
) -> dict[str, tuple[CardCode, Card, Practitioner]]:
    """By the hash of its code: the code with its card and holder, whether it counts or not."""
    query = (
        select(CardCode, Card, Practitioner)
        .join(Card, col(Card.id) == col(CardCode.card_id))
        .join(Practitioner, col(Practitioner.id) == col(Card.practitioner_id))
        .where(col(CardCode.code_hash).in_(hashes))
    )
    return {code.code_hash: (code, card, who) for code, card, who in await session.exec(query)}


async def periods_of_cards(
    session: AsyncSession, card_ids: Collection[UUID]
) -> dict[UUID, list[CardPeriod]]:
    """The periods of these cards, by card, oldest first."""
    query = (
        select(CardPeriod)
        .where(col(CardPeriod.card_id).in_(card_ids))
        .order_by(col(CardPeriod.valid_from))
    )
    found: dict[UUID, list[CardPeriod]] = {card_id: [] for card_id in card_ids}
    for period in await session.exec(query):
        found[period.card_id].append(period)
    return found


async def is_new_look(session: AsyncSession, code_id: UUID, *, now: datetime) -> bool:
    """Whether a look by this code is more than a minute after the last one; it is noted then."""
    noted = await session.exec(
        update(CardCode)
        .where(
            col(CardCode.id) == code_id,
            or_(col(CardCode.looked_at).is_(None), col(CardCode.looked_at) <= now - _ONE_LOOK),
        )
        .values(looked_at=now)
        .returning(col(CardCode.id))
        .execution_options(synchronize_session=False)
    )
    return noted.scalar_one_or_none() is not None
