"""Payment before activation, where policy asks for it."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from desk.requests.payments import (
    AmountDiffers,
    BilledOtherwise,
    HowToPayUnknown,
    NotAwaitingPayment,
    NothingToPay,
    PaidOnImpossible,
    PaidOtherwise,
    record_payment,
    set_amount,
)
from desk.requests.review import Ruling, decide
from desk.requests.submission import accept
from desk.requests.waiting import load_request
from desk.requests.withdrawal import WithdrawalTooLate, withdraw
from models.database import transaction
from models.door import OPERATIONS
from models.letters import Letter
from models.payments import Bill, bill_of
from models.requests import history
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Verdict
from rules.values.bill_number import parse_bill_number
from rules.values.dates import riyadh_day
from rules.values.money import Money
from support.cards import give_card, renewal
from support.people import NOURA, register_people
from support.policies import PAID_FIRST, policy_with
from support.requests import NOW
from tasks.deadlines import expire_overdue
from tasks.steps.activation_email import send_activation_email
from tasks.steps.payment import ask_for_payment
from tasks.steps.reference import issue_reference
from tasks.steps.validation import validate

TODAY = NOW.date()
NUMBER = NOURA["registration_number"]
#: Two years of a specialist nurse, at 120 riyals a year.
FEE = Money(24_000, "SAR")


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


@pytest.fixture(autouse=True)
def no_mail_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no mail server here: a letter that is owed stays owed."""
    monkeypatch.setenv("MUMARIS_SMTP_PORT", "1")


@pytest.fixture
def paid_first(tmp_path: Path) -> Iterator[None]:
    """Policy asks for payment before activation."""
    with policy_with(tmp_path, PAID_FIRST):
        yield


async def approved(*, expires_on: date = TODAY + timedelta(days=30)) -> str:
    """Noura's renewal, approved, with its reference number."""
    await give_card(NUMBER, expires_on=expires_on)
    request = await accept(Kind.CARD_RENEWAL, renewal(TODAY), now=NOW)
    await validate.task.fn(request.tracking_code)
    ruling = Ruling(verdict=Verdict.APPROVE, officer="amal")
    await decide(request.tracking_code, ruling, now=NOW)
    await issue_reference.task.fn(request.tracking_code)
    return request.tracking_code


async def billed(code: str) -> Bill:
    """The bill of this request, which has been asked to be paid."""
    await ask_for_payment.task.fn(code)
    bill = await find(code)
    assert bill is not None
    return bill


async def find(code: str) -> Bill | None:
    """The bill of this request."""
    async with transaction() as session:
        return await bill_of(session, (await load_request(code)).id)


async def letters_of(code: str) -> list[str]:
    """The letters that this request has caused."""
    async with transaction() as session:
        query = select(Letter.letter).where(col(Letter.request_id) == (await load_request(code)).id)
        return list((await session.exec(query)).all())


def day_of(bill: Bill) -> date:
    """The day on which the bill was issued, in Riyadh: three hours a day it is not UTC's."""
    return riyadh_day(bill.issued_at)


async def test_where_policy_does_not_ask_nothing_waits_for_payment() -> None:
    """The default: the step is not due."""
    code = await approved()

    assert not ask_for_payment.is_due(await load_request(code))


async def test_the_bill_asks_for_the_fee_and_its_letter_is_owed(paid_first: None) -> None:
    """The request waits, with a due date; asked for again it is the same bill."""
    code = await approved()

    bill = await billed(code)
    await ask_for_payment.task.fn(code)

    request = await load_request(code)
    assert Money(bill.amount_minor, bill.currency) == FEE
    assert parse_bill_number(bill.number.lower()) == bill.number
    assert (request.status, request.closes_at is not None) == (Status.AWAITING_PAYMENT, True)
    assert (await letters_of(code)).count("payment_due") == 1


async def test_a_recorded_payment_lets_the_request_go_on(paid_first: None) -> None:
    """Twenty records of one payment at once are one; then the link is mailed."""
    code = await approved()
    bill = await billed(code)
    now = bill.issued_at

    await asyncio.gather(
        *(record_payment(bill.number, FEE, paid_on=day_of(bill), now=now) for _ in range(20))
    )
    await send_activation_email.task.fn(code)

    async with transaction() as session:
        told = [event.what for event in await history(session, (await load_request(code)).id)]
    assert told[-4:] == ["awaiting_payment", "bill_issued", "paid", "awaiting_activation"]


async def test_another_amount_is_not_this_bills_payment(paid_first: None) -> None:
    """The refusal names what the bill asks for."""
    bill = await billed(await approved())

    with pytest.raises(AmountDiffers, match=r"240\.00 SAR"):
        await record_payment(
            bill.number, Money(23_999, "SAR"), paid_on=day_of(bill), now=bill.issued_at
        )


@pytest.mark.parametrize("days", [-1, 1])
async def test_a_bill_is_paid_between_its_issue_and_today(paid_first: None, days: int) -> None:
    """Neither before there was a bill, nor tomorrow."""
    bill = await billed(await approved())
    day = day_of(bill) + timedelta(days=days)

    with pytest.raises(PaidOnImpossible):
        await record_payment(bill.number, FEE, paid_on=day, now=bill.issued_at)


async def test_a_second_record_of_another_day_is_refused(paid_first: None) -> None:
    """One of the two is wrong; a person finds out which."""
    bill = await billed(await approved())
    later = bill.issued_at + timedelta(days=1)
    await record_payment(bill.number, FEE, paid_on=day_of(bill), now=later)

    with pytest.raises(PaidOtherwise):
        await record_payment(bill.number, FEE, paid_on=riyadh_day(later), now=later)


async def test_a_late_renewal_waits_until_operations_set_the_amount(paid_first: None) -> None:
    """The fine is set by the authority: no number is invented, and nothing falls due."""
    code = await approved(expires_on=TODAY - timedelta(days=60))
    await ask_for_payment.task.fn(code)
    waiting = await load_request(code)
    before = await find(code)

    bill = await set_amount(code, Money(50_000, "SAR"), now=NOW)
    again = await set_amount(code, Money(50_000, "SAR"), now=NOW)

    assert (waiting.status, waiting.closes_at, before) == (Status.AWAITING_PAYMENT, None, None)
    assert again.number == bill.number
    assert (await letters_of(code)).count("payment_due") == 1
    with pytest.raises(BilledOtherwise, match=bill.number):
        await set_amount(code, Money(50_001, "SAR"), now=NOW)


async def test_no_bill_is_made_where_none_is_waited_for(paid_first: None) -> None:
    """Nor one of nothing."""
    code = await approved(expires_on=TODAY - timedelta(days=60))

    with pytest.raises(NotAwaitingPayment, match="approved"):
        await set_amount(code, FEE, now=NOW)
    await ask_for_payment.task.fn(code)
    with pytest.raises(NothingToPay):
        await set_amount(code, Money(0, "SAR"), now=NOW)


async def test_an_unpaid_request_expires_and_says_why(paid_first: None) -> None:
    """On the day after its last day; a payment that comes then is refused by name."""
    code = await approved()
    bill = await billed(code)
    # The thirtieth day may be a day off; the last one then is the next working day.
    late = bill.issued_at + timedelta(days=31 + 14)

    expired = await expire_overdue(now=late)

    assert (expired, (await load_request(code)).status) == (1, Status.EXPIRED)
    assert "expired" in await letters_of(code)
    with pytest.raises(NotAwaitingPayment, match="expired"):
        await record_payment(bill.number, FEE, paid_on=riyadh_day(late), now=late)


async def test_operations_can_withdraw_what_waits_for_payment(paid_first: None) -> None:
    """The applicant cannot any more: the gate has approved."""
    code = await approved()
    await billed(code)

    with pytest.raises(WithdrawalTooLate):
        await withdraw(code, now=NOW)
    await withdraw(code, by=OPERATIONS, now=NOW)

    assert (await load_request(code)).status == Status.WITHDRAWN


@pytest.mark.parametrize(
    "how",
    ["Pay through SADAD, with biller 000.", "يُرجى السداد عبر خدمة سداد، برقم المفوتر 000."],
    ids=["en", "ar"],
)
async def test_a_bill_that_does_not_say_how_to_pay_is_not_sent(
    paid_first: None, tmp_path: Path, how: str
) -> None:
    """In either language: it is said loudly, and the request still waits for its bill."""
    code = await approved(expires_on=TODAY - timedelta(days=60))
    await ask_for_payment.task.fn(code)
    before = await letters_of(code)

    with policy_with(tmp_path, (how, "")), pytest.raises(HowToPayUnknown, match=r"policy\.toml"):
        await set_amount(code, Money(50_000, "SAR"), now=NOW)

    assert await find(code) is None
    assert await letters_of(code) == before
