"""Bills as officers and operations see them."""

from dataclasses import dataclass
from datetime import date, datetime

from desk.cases.standing import Standing, standing_of
from desk.requests.payments import money_of
from models.database import transaction
from models.payments import Bill, awaited_payments
from rules.values.money import Money


@dataclass(frozen=True, kw_only=True)
class BillState:
    """What a request costs, and whether it is paid."""

    number: str
    amount: Money
    issued_at: datetime
    #: None while it is not paid.
    paid_on: date | None


def bill_state(bill: Bill) -> BillState:
    """How this bill stands."""
    return BillState(
        number=bill.number,
        amount=money_of(bill),
        issued_at=bill.issued_at,
        paid_on=bill.paid_on,
    )


@dataclass(frozen=True)
class AwaitedPayment:
    """A request that waits for payment; without a bill it waits for its amount."""

    request: Standing
    bill: BillState | None


async def awaiting_payment() -> tuple[AwaitedPayment, ...]:
    """The requests that wait for payment: those without a bill first, then by their last day."""
    async with transaction() as session:
        found = await awaited_payments(session)
    return tuple(
        AwaitedPayment(standing_of(request), bill_state(bill) if bill else None)
        for request, bill in found
    )
