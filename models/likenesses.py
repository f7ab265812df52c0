"""People who may be one person: born on one day, on the register or in an open registration."""

from datetime import date
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.practitioners import Practitioner
from models.requests import Request
from rules.requests.statuses import Kind
from rules.requests.transitions import FINAL


async def practitioners_born_on(session: AsyncSession, day: date) -> list[Practitioner]:
    """Those on the register who were born on this day, by their registration numbers."""
    query = (
        select(Practitioner)
        .where(col(Practitioner.birth_date) == day)
        .order_by(col(Practitioner.registration_number))
    )
    return list((await session.exec(query)).all())


async def registrations_born_on(
    session: AsyncSession, day: date, *, besides: UUID | None
) -> list[Request]:
    """The open registrations of who was born on this day, other than one, by tracking code.

    Those alone that the rules have read: a request that is not validated yet finds this one.
    """
    query = (
        select(Request)
        .where(
            col(Request.kind) == Kind.REGISTRATION,
            col(Request.status).not_in(FINAL),
            col(Request.normalised)["changes"]["birth_date"].astext == day.isoformat(),
            col(Request.id).is_distinct_from(besides),
        )
        .order_by(col(Request.tracking_code))
    )
    return list((await session.exec(query)).all())


async def practitioner_with_identity(
    session: AsyncSession, identity_number: str
) -> Practitioner | None:
    """Who has this canonical identity number; the first, where the register has it twice."""
    query = (
        select(Practitioner)
        .where(col(Practitioner.identity_number) == identity_number)
        .order_by(col(Practitioner.registration_number))
        .limit(1)
    )
    return (await session.exec(query)).first()
