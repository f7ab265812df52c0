"""Holds: what a court may still ask for is not removed while one stands."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, text
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, optional_instant
from models.practitioners import Practitioner
from models.requests import Request
from models.statements import execute
from rules.errors import NotFound

#: Whoever removes something or places a hold does so one after the other.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7286394)")
# A run that destroys one of them just now is waited for, and the next one sees the hold.
_LOCK_UPLOADS = text("""
SELECT id FROM uploads WHERE owner_id = :person OR id IN (
    SELECT upload_id FROM upload_uses WHERE request_id = :request) ORDER BY id FOR UPDATE
""")
_HELD_UPLOADS = text("""
SELECT id FROM uploads WHERE id = ANY(:ids) AND EXISTS (
    SELECT FROM holds WHERE lifted_at IS NULL AND (practitioner_id = owner_id OR request_id IN (
        SELECT request_id FROM upload_uses WHERE upload_id = uploads.id)))
""")


class HoldUnknown(NotFound):
    """No hold of this id stands."""


class Hold(SQLModel, table=True):
    """A hold on a person, with all that is about them, or on one request. A lifted one stays."""

    __tablename__ = "holds"
    __table_args__ = (
        CheckConstraint(
            "(practitioner_id IS NULL) <> (request_id IS NULL)", name="a_hold_is_on_one_thing"
        ),
        CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL)", name="a_hold_is_lifted_by_somebody"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    practitioner_id: UUID | None = Field(default=None, foreign_key="practitioners.id", index=True)
    request_id: UUID | None = Field(default=None, foreign_key="requests.id", index=True)
    #: For the house.
    reason: str
    placed_at: datetime = instant()
    placed_by: str = Field(foreign_key="officers.user_name")
    lifted_at: datetime | None = optional_instant()
    lifted_by: str | None = Field(default=None, foreign_key="officers.user_name")


class HoldOn(NamedTuple):
    """A hold, and what it is on."""

    hold: Hold
    registration_number: str | None
    tracking_code: str | None


async def one_at_a_time(session: AsyncSession) -> None:
    """Wait until nobody else removes anything, and let nobody until the transaction ends."""
    await execute(session, _ONE_AT_A_TIME)


async def place_hold(session: AsyncSession, hold: Hold, *, owner_id: UUID | None) -> None:
    """Keep this hold; once it is kept, nothing that it covers is removed.

    ``owner_id`` is the person whose documents it covers, where that is a practitioner; those that a
    request names are covered with it.
    """
    await one_at_a_time(session)
    covered = {"person": owner_id, "request": hold.request_id}
    await execute(session, _LOCK_UPLOADS, covered)
    session.add(hold)


async def standing_hold(session: AsyncSession, hold_id: UUID) -> Hold:
    """The hold, locked; raises `HoldUnknown` where it was lifted or never was."""
    query = select(Hold).where(col(Hold.id) == hold_id, col(Hold.lifted_at).is_(None))
    found = (await session.exec(query.with_for_update())).one_or_none()
    if found is None:
        raise HoldUnknown
    return found


async def standing_holds(session: AsyncSession, *, limit: int) -> list[HoldOn]:
    """The holds that stand, oldest first."""
    query = (
        select(Hold, Practitioner.registration_number, Request.tracking_code)
        .join(Practitioner, col(Practitioner.id) == col(Hold.practitioner_id), isouter=True)
        .join(Request, col(Request.id) == col(Hold.request_id), isouter=True)
        .where(col(Hold.lifted_at).is_(None))
        .order_by(col(Hold.placed_at), col(Hold.id))
        .limit(limit)
    )
    return [HoldOn(*row) for row in (await session.exec(query)).all()]


async def count_standing(session: AsyncSession) -> int:
    """How many stand."""
    query = select(func.count()).select_from(Hold).where(col(Hold.lifted_at).is_(None))
    return (await session.exec(query)).one()


async def held_uploads(session: AsyncSession, upload_ids: Collection[str]) -> Sequence[str]:
    """Those of these uploads that a hold covers: their owner's, or one on a request of theirs."""
    return (await execute(session, _HELD_UPLOADS, {"ids": list(upload_ids)})).scalars().all()


def not_held(*, person: str, request: str) -> str:
    """As SQL: that no hold covers this person or this request, each a column or ``NULL``."""
    return (
        "NOT EXISTS (SELECT FROM holds WHERE lifted_at IS NULL AND "
        f"(holds.practitioner_id = {person} OR holds.request_id = {request}))"
    )
