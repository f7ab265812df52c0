"""Bills: what an approved request costs, and whether it is paid."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, optional_instant
from models.requests import Request
from rules.errors import NotFound
from rules.requests.statuses import Status


class BillUnknown(NotFound):
    """No bill has this number."""


class Bill(SQLModel, table=True):
    """What one request costs, in the minor unit of its currency."""

    __tablename__ = "bills"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="a_bill_asks_for_something"),
        CheckConstraint("(paid_on IS NULL) = (recorded_at IS NULL)", name="a_payment_has_its_day"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    #: See `rules.values.bill_number`.
    number: str = Field(unique=True)
    request_id: UUID = Field(foreign_key="requests.id", unique=True)
    amount_minor: int
    #: ISO 4217.
    currency: str
    issued_at: datetime = instant()
    #: The day in Riyadh on which it was paid.
    paid_on: date | None = None
    recorded_at: datetime | None = optional_instant()


async def find_bill(session: AsyncSession, number: str) -> Bill:
    """The bill with this canonical number; raises `BillUnknown`."""
    found = (await session.exec(select(Bill).where(col(Bill.number) == number))).one_or_none()
    if found is None:
        raise BillUnknown
    return found


async def awaited_payments(session: AsyncSession) -> list[tuple[Request, Bill | None]]:
    """The requests that wait for payment: those without a bill first, then by their last day."""
    query = (
        select(Request, Bill)
        .join(Bill, col(Bill.request_id) == col(Request.id), isouter=True)
        .where(col(Request.status) == Status.AWAITING_PAYMENT)
        .order_by(col(Request.closes_at).asc().nulls_first(), col(Request.tracking_code))
    )
    return [(request, bill) for request, bill in (await session.exec(query)).all()]


async def bill_of(session: AsyncSession, request_id: UUID) -> Bill | None:
    """The request's bill, or None while it has none."""
    query = select(Bill).where(col(Bill.request_id) == request_id)
    return (await session.exec(query)).one_or_none()
