"""Cards and the history of their validity.

Every way a card's validity can change goes through `add_period`, and the tables themselves refuse
what would renew a period twice or shorten one.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ColumnElement, Index, UniqueConstraint, update
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import EXAMINE_NOW, instant, known, named
from models.looking import for_update
from models.questions import Question
from rules.errors import Conflict, NotFound
from rules.register.card import CardStatus, Category

#: Rows that one statement changes.
_CHUNK = 1_000


class CardUnknown(NotFound):
    """No card is on file for this practitioner."""


class CardMoved(Conflict):
    """The card's expiry has changed since it was read: somebody else has moved it."""

    def __init__(self, expected: date) -> None:
        super().__init__(f"the card no longer expires on {expected}: it was moved meanwhile")
        self.expected = expected


class PeriodMaker(StrEnum):
    """What made a period of a card."""

    #: The card as it came to us with the register.
    LOADED = "loaded"
    #: The first one of somebody who was registered by a request.
    ISSUED = "issued"
    #: A renewal that its holder activated.
    RENEWED = "renewed"
    #: The authority moved the expiry of many cards at once.
    EXTENDED = "extended"


class Card(SQLModel, table=True):
    """One practitioner's registration card, as it is valid today."""

    __tablename__ = "cards"
    __table_args__ = (
        CheckConstraint("valid_from <= expires_on", name="a_card_begins_before_it_expires"),
        known("status", CardStatus, name="a_card_has_a_known_status"),
        known("category", Category, name="a_card_has_a_known_category"),
        Index("cards_by_expiry", "expires_on"),
        Index("cards_to_examine", "examine_on", "id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    practitioner_id: UUID = Field(foreign_key="practitioners.id", unique=True)
    status: CardStatus = Field(sa_type=named(CardStatus))
    category: Category = Field(sa_type=named(Category))
    #: The first day of the period that CPD hours are counted in; an extension leaves it.
    valid_from: date
    #: The last day on which the card is valid.
    expires_on: date
    #: The first day whose reminder run looks at the card. A trigger sets it to long ago whenever
    #: the expiry or the status changes.
    examine_on: date = Field(default=EXAMINE_NOW, sa_column_kwargs={"server_default": "1970-01-01"})


class CardPeriod(SQLModel, table=True):
    """One period of a card, and what made it. The database lets nobody change or delete it.

    Periods follow each other: each names the expiry that it follows, and each expiry is followed
    once, by a later one. So no sequence of events renews a period twice or shortens a card.
    """

    __tablename__ = "card_periods"
    __table_args__ = (
        UniqueConstraint("card_id", "follows", name="an_expiry_is_followed_once"),
        UniqueConstraint("card_id", "valid_from", name="one_period_begins_on_a_day"),
        UniqueConstraint("request_id", name="a_request_renews_once"),
        known("made_by", PeriodMaker, name="a_period_has_a_known_maker"),
        CheckConstraint("valid_from <= expires_on", name="a_period_begins_before_it_ends"),
        CheckConstraint("valid_from > follows", name="periods_do_not_overlap"),
        CheckConstraint(
            "(follows IS NULL) = (made_by IN ('loaded', 'issued'))",
            name="only_the_first_follows_nothing",
        ),
        CheckConstraint(
            "(request_id IS NOT NULL) = (made_by IN ('renewed', 'issued'))",
            name="a_renewal_has_its_request",
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    card_id: UUID = Field(foreign_key="cards.id", index=True)
    valid_from: date
    expires_on: date
    #: The expiry before it; None for the first period on file.
    follows: date | None = None
    made_by: PeriodMaker = Field(sa_type=named(PeriodMaker))
    #: The user name of who ordered it, for an extension.
    actor: str | None = None
    request_id: UUID | None = Field(default=None, foreign_key="requests.id")
    recorded_at: datetime = instant()


async def find_card(session: AsyncSession, practitioner_id: UUID, *, lock: bool = False) -> Card:
    """The practitioner's card; raises `CardUnknown`.

    With ``lock`` nobody else changes the row until the transaction ends; a row that was read
    before is read again.
    """
    if lock:
        query = (
            select(Card)
            .where(col(Card.practitioner_id) == practitioner_id)
            .execution_options(populate_existing=True)
        )
        found = (await session.exec(for_update(session, query))).one_or_none()
    else:
        found = await CARDS.about(session, practitioner_id)
    if found is None:
        raise CardUnknown
    return found


async def _cards(session: AsyncSession, practitioner_ids: Collection[UUID]) -> dict[UUID, Card]:
    query = select(Card).where(col(Card.practitioner_id).in_(practitioner_ids))
    return {card.practitioner_id: card for card in (await session.exec(query)).all()}


#: By the practitioner whose card it is.
CARDS = Question(_cards)


async def periods_of(session: AsyncSession, card_id: UUID) -> list[CardPeriod]:
    """The card's periods, oldest first."""
    query = (
        select(CardPeriod)
        .where(col(CardPeriod.card_id) == card_id)
        .order_by(col(CardPeriod.valid_from))
    )
    return list((await session.exec(query)).all())


async def renew(
    session: AsyncSession,
    card: Card,
    *,
    valid_from: date,
    expires_on: date,
    request_id: UUID,
    now: datetime,
) -> None:
    """Give the card a new period and keep the old one, in the caller's transaction.

    Raises `CardMoved` where the card does not expire any more on the day that it was read with.
    Repeated for a request, the tables refuse it: ``a_request_renews_once``.
    """
    old = card.expires_on
    await _move(session, card, {"valid_from": valid_from, "expires_on": expires_on})
    session.add(
        CardPeriod(
            card_id=card.id,
            valid_from=valid_from,
            expires_on=expires_on,
            follows=old,
            made_by=PeriodMaker.RENEWED,
            request_id=request_id,
            recorded_at=now,
        )
    )
    await session.flush()


async def _move(session: AsyncSession, card: Card, values: dict[str, date]) -> None:
    """Guarded: one row that still expires when the caller thinks, and later than it did."""
    moved = await session.exec(
        update(Card)
        .where(
            col(Card.id) == card.id,
            col(Card.expires_on) == card.expires_on,
            col(Card.expires_on) < values["expires_on"],
        )
        .values(**values)
        .returning(col(Card.id))
        .execution_options(synchronize_session=False)
    )
    if moved.scalar_one_or_none() is None:
        raise CardMoved(card.expires_on)
    await session.refresh(card, list(values))


async def cards_to_extend(
    session: AsyncSession, *, first: date, last: date, to: date
) -> list[tuple[UUID, date]]:
    """The cards that expire from ``first`` to ``last`` and before ``to``, with their expiries.

    Only cards that are neither suspended nor revoked. Locked until the transaction ends, in one
    order for everybody.
    """
    query = (
        select(col(Card.id), col(Card.expires_on))
        .where(*_expiring(first, last, to), col(Card.status) == CardStatus.ACTIVE)
        .order_by(col(Card.id))
        .with_for_update()
    )
    return [(card_id, expires_on) for card_id, expires_on in (await session.exec(query)).all()]


async def cards_left_alone(
    session: AsyncSession, *, first: date, last: date, to: date
) -> dict[CardStatus, int]:
    """How many cards of these days are not extended, by the status that is the reason."""
    query = (
        select(col(Card.status), func.count())
        .where(*_expiring(first, last, to), col(Card.status) != CardStatus.ACTIVE)
        .group_by(col(Card.status))
        .order_by(col(Card.status))
    )
    return {CardStatus(status): count for status, count in (await session.exec(query)).all()}


def _expiring(first: date, last: date, to: date) -> tuple[ColumnElement[bool], ...]:
    expiry = col(Card.expires_on)
    return (expiry >= first, expiry <= last, expiry < to)


async def extend(
    session: AsyncSession,
    cards: Sequence[tuple[UUID, date]],
    *,
    to: date,
    actor: str,
    now: datetime,
) -> None:
    """Let these cards, which the caller has locked, expire on this day instead.

    The extension is a period of its own, from the day after the expiry that it follows; the days
    that CPD hours are counted from stay.
    """
    for at in range(0, len(cards), _CHUNK):
        chunk = cards[at : at + _CHUNK]
        session.add_all(
            CardPeriod(
                card_id=card_id,
                valid_from=expires_on + timedelta(days=1),
                expires_on=to,
                follows=expires_on,
                made_by=PeriodMaker.EXTENDED,
                actor=actor,
                recorded_at=now,
            )
            for card_id, expires_on in chunk
        )
        await session.exec(
            update(Card)
            .where(col(Card.id).in_([card_id for card_id, _ in chunk]))
            .values(expires_on=to)
            .execution_options(synchronize_session=False)
        )
    await session.flush()


async def lock_cards_of(session: AsyncSession, holders: Collection[UUID]) -> dict[UUID, Card]:
    """The cards of these practitioners by holder, locked in one order for everybody."""
    query = (
        select(Card)
        .where(col(Card.practitioner_id).in_(holders))
        .order_by(col(Card.id))
        .with_for_update()
    )
    return {card.practitioner_id: card for card in (await session.exec(query)).all()}


async def with_periods(session: AsyncSession, request_ids: Collection[UUID]) -> set[UUID]:
    """Those of these requests that gave their card a new period."""
    query = select(CardPeriod.request_id).where(col(CardPeriod.request_id).in_(request_ids))
    return {found for found in (await session.exec(query)).all() if found is not None}
