"""Payment before activation, where policy asks for it: the bill, and the record of its payment."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.clock import deadline_in_days
from desk.kinds.registry import applicants_of, kind_of
from desk.policy import current_policy
from desk.requests.queueing import payment_due
from models.database import transaction
from models.door import (
    OPERATIONS,
    PAYMENT,
    PIPELINE,
    Actor,
    change_status,
    change_statuses,
    record,
    ring,
)
from models.letters import queue_letters
from models.payments import Bill, bill_of, find_bill
from models.references import next_numbers
from models.request_sets import write_changed
from models.requests import Request, find_request
from models.standing import WhereItStands
from rules.errors import Conflict, Misconfigured, Refused
from rules.requests.events import EventName
from rules.requests.reference_number import reference_year
from rules.requests.statuses import Status
from rules.values.bill_number import format_bill_number
from rules.values.dates import riyadh_day
from rules.values.money import Money


class NotAwaitingPayment(Conflict):
    """The request does not wait for a payment."""

    def __init__(self, tracking_code: str, status: Status) -> None:
        super().__init__(f"request {tracking_code} does not wait for a payment: it is {status}")
        self.tracking_code = tracking_code
        self.status = status


class BilledOtherwise(Conflict):
    """The request has its bill already, of another amount."""

    def __init__(self, number: str, amount: Money) -> None:
        super().__init__(f"the request has bill {number} of {amount.formatted('en')} already")
        self.number = number
        self.amount = amount


class NothingToPay(Refused):
    """The amount must be above 0."""


class HowToPayUnknown(Misconfigured):
    """A bill cannot be sent: policy.toml does not say how to pay, in both languages."""


class AmountDiffers(Refused):
    """What was paid is not what the bill asks for."""

    def __init__(self, number: str, asked: Money) -> None:
        super().__init__(f"bill {number} asks for {asked.formatted('en')}, not another amount")
        self.number = number
        self.asked = asked


class PaidOtherwise(Conflict):
    """The bill's payment is recorded already, on another day."""

    def __init__(self, number: str, paid_on: date) -> None:
        super().__init__(f"bill {number} is recorded as paid on {paid_on} already")
        self.number = number
        self.paid_on = paid_on


class PaidOnImpossible(Refused):
    """A bill is paid from the day it was issued until today."""

    def __init__(self, number: str, issued_on: date, today: date) -> None:
        super().__init__(f"bill {number}: the payment date must be between {issued_on} and {today}")
        self.number = number


def is_paid_first(request: WhereItStands) -> bool:
    """Whether policy asks for the payment of what is approved before its activation."""
    return request.status == Status.APPROVED and current_policy().payment.required_before_activation


async def ask_for_payment(session: AsyncSession, request: Request, *, now: datetime) -> bool:
    """Bill what is paid first; whether it waits for that. See `ask_for_payments`."""
    return bool(await ask_for_payments(session, [request], now=now))


async def ask_for_payments(
    session: AsyncSession, requests: Sequence[Request], *, now: datetime
) -> list[Request]:
    """Bill those that are paid first, in the transaction that has locked them; those that wait.

    Where the fee or the fine is not policy's to know there is no bill yet: the request waits all
    the same, without a due date, and its history tells operations to set the amount.
    """
    amounts: dict[UUID, Money | None] = {
        each.id: kind_of(each).amount_due(each) for each in requests if is_paid_first(each)
    }
    # Where there is nothing to pay the request goes on as it stands.
    amounts = {each: due for each, due in amounts.items() if due is None or due.minor}
    waiting = [each for each in requests if each.id in amounts]
    await change_statuses(session, waiting, Status.AWAITING_PAYMENT, by=PIPELINE, now=now)
    billed = [(each, amount) for each in waiting if (amount := amounts[each.id]) is not None]
    await issue_bills(session, billed, by=PIPELINE, now=now)
    for each in waiting:
        if amounts[each.id] is None:
            record(session, each, EventName.BILL_NEEDS_AMOUNT, by=PIPELINE, now=now)
    return waiting


async def issue_bills(
    session: AsyncSession, billed: Sequence[tuple[Request, Money]], *, by: Actor, now: datetime
) -> list[Bill]:
    """Bill the requests, whose rows the caller has locked: the letters, and the day they are due.

    Raises `NothingToPay`, and `HowToPayUnknown` where the e-mails could not say how.
    """
    if not billed:
        return []
    if not all(amount.minor for _, amount in billed):
        raise NothingToPay
    policy = current_policy()
    if not (policy.payment.how_to_pay_ar.strip() and policy.payment.how_to_pay_en.strip()):
        raise HowToPayUnknown
    calendar = policy.references.calendar
    year = reference_year(riyadh_day(now), calendar)
    numbers = await next_numbers(
        session,
        Bill.number,
        partial(format_bill_number, year),
        len(billed),
        kind="bill",
        calendar=calendar,
        year=year,
    )
    bills = [
        Bill(
            number=number,
            request_id=request.id,
            amount_minor=amount.minor,
            currency=amount.currency,
            issued_at=now,
        )
        for number, (request, amount) in zip(numbers, billed, strict=True)
    ]
    session.add_all(bills)
    due_at = deadline_in_days(now, policy.payment.due_days, policy.working_days)
    known = await applicants_of(session, [request for request, _ in billed])
    letters = []
    for (request, _), bill in zip(billed, bills, strict=True):
        request.closes_at = due_at
        letters.append(payment_due(request, known[request.id], bill, now=now))
        record(session, request, EventName.BILL_ISSUED, by=by, now=now)
    await write_changed(session, [request for request, _ in billed])
    await queue_letters(session, letters)
    await ring(session)
    return bills


async def set_amount(tracking_code: str, amount: Money, *, now: datetime) -> Bill:
    """Bill a request whose amount policy does not hold, on behalf of operations.

    The same amount again is the same bill. Raises `BilledOtherwise`, `NotAwaitingPayment`,
    `NothingToPay`, `RequestUnknown`.
    """
    async with transaction() as session:
        request = await find_request(session, tracking_code, lock=True)
        bill = await bill_of(session, request.id)
        if bill is not None:
            if money_of(bill) != amount:
                raise BilledOtherwise(bill.number, money_of(bill))
            return bill
        if request.status != Status.AWAITING_PAYMENT:
            raise NotAwaitingPayment(tracking_code, Status(request.status))
        (bill,) = await issue_bills(session, [(request, amount)], by=OPERATIONS, now=now)
        return bill


async def record_payment(number: str, amount: Money, *, paid_on: date, now: datetime) -> Request:
    """Record that the bill was paid; its request goes on to activation.

    Recorded again with the same amount and day it changes nothing. Raises `BillUnknown`,
    `AmountDiffers`, `PaidOtherwise`, `PaidOnImpossible`, and `NotAwaitingPayment` where the request
    was closed before.
    """
    async with transaction() as session:
        bill = await find_bill(session, number)
        request = await session.get_one(Request, bill.request_id, with_for_update=True)
        await session.refresh(bill)
        if amount != money_of(bill):
            raise AmountDiffers(number, money_of(bill))
        if bill.paid_on is not None:
            if bill.paid_on != paid_on:
                raise PaidOtherwise(number, bill.paid_on)
            return request
        if request.status != Status.AWAITING_PAYMENT:
            raise NotAwaitingPayment(request.tracking_code, Status(request.status))
        issued_on, today = riyadh_day(bill.issued_at), riyadh_day(now)
        if not issued_on <= paid_on <= today:
            raise PaidOnImpossible(number, issued_on, today)
        bill.paid_on, bill.recorded_at = paid_on, now
        request.closes_at = None
        await change_status(session, request, Status.PAID, by=PAYMENT, now=now)
        return request


def money_of(bill: Bill) -> Money:
    """What the bill asks for."""
    return Money(bill.amount_minor, bill.currency)
