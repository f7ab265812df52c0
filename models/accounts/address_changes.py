"""Addresses on file that officers change, because nobody reads the one that is there."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, known, named, optional_instant
from models.practitioners import Practitioner
from rules.accounts.address_changes import AddressOutcome, ProofSeen


class AddressChange(SQLModel, table=True):
    """One officer saw who somebody is, and recorded their address; another one confirms it."""

    __tablename__ = "address_changes"
    __table_args__ = (
        known("seen", ProofSeen, name="an_address_changes_by_a_known_proof"),
        known("outcome", AddressOutcome, name="an_address_change_ends_in_a_known_way"),
        CheckConstraint(
            "(outcome IS NULL) = (settled_at IS NULL)",
            name="an_address_change_is_settled_at_some_time",
        ),
        CheckConstraint(
            "outcome IS DISTINCT FROM 'confirmed'"
            " OR (settled_by IS NOT NULL AND settled_by <> proposed_by)",
            name="an_address_change_needs_two_officers",
        ),
        Index(
            "one_open_address_change",
            "practitioner_id",
            unique=True,
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    practitioner_id: UUID = Field(foreign_key="practitioners.id", index=True)
    email: str
    seen: ProofSeen = Field(sa_type=named(ProofSeen))
    proposed_by: str = Field(foreign_key="officers.user_name")
    proposed_at: datetime = instant()
    expires_at: datetime = instant()
    #: None while a second officer may confirm it.
    outcome: AddressOutcome | None = Field(default=None, sa_type=named(AddressOutcome))
    settled_at: datetime | None = optional_instant()
    #: None for one that expired.
    settled_by: str | None = Field(default=None, foreign_key="officers.user_name")


async def open_change(session: AsyncSession, practitioner_id: UUID) -> AddressChange | None:
    """The person's change that is not settled, though it may be over, locked."""
    query = (
        select(AddressChange)
        .where(
            col(AddressChange.practitioner_id) == practitioner_id,
            col(AddressChange.outcome).is_(None),
        )
        .with_for_update()
    )
    return (await session.exec(query)).one_or_none()


async def open_changes(
    session: AsyncSession, *, now: datetime, limit: int
) -> Sequence[tuple[AddressChange, str]]:
    """The changes that wait for a second officer, oldest first, with registration numbers."""
    query = (
        select(AddressChange, Practitioner.registration_number)
        .join(Practitioner, col(Practitioner.id) == col(AddressChange.practitioner_id))
        .where(col(AddressChange.outcome).is_(None), col(AddressChange.expires_at) > now)
        .order_by(col(AddressChange.proposed_at), col(AddressChange.id))
        .limit(limit)
    )
    return (await session.exec(query)).all()
