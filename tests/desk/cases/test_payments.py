"""Bills as officers and operations see them."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from desk.cases.payments import awaiting_payment
from desk.requests.payments import record_payment
from desk.requests.review import Ruling, decide
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Verdict
from rules.values.bill_number import parse_bill_number
from rules.values.dates import riyadh_day
from rules.values.money import Money
from support.cards import give_card, renewal
from support.looking import looked_at
from support.people import NOURA, register_people
from support.policies import policy_with
from support.requests import NOW, request_at_gate
from tasks.steps.payment import ask_for_payment
from tasks.steps.reference import issue_reference

AMOUNT = Money(24_000, "SAR")


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


@pytest.fixture(autouse=True)
def paid_first(tmp_path: Path) -> Iterator[None]:
    """Policy asks for payment before activation."""
    change = ("required_before_activation = false", "required_before_activation = true")
    with policy_with(tmp_path, change):
        yield


@pytest.fixture(autouse=True)
def no_mail_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no mail server here: a letter that is owed stays owed."""
    monkeypatch.setenv("MUMARIS_SMTP_PORT", "1")


async def awaiting(*, expires_on: date) -> str:
    """Noura's renewal, which waits for its payment."""
    await give_card(NOURA["registration_number"], expires_on=expires_on)
    code = await request_at_gate(renewal(NOW.date()), kind=Kind.CARD_RENEWAL)
    await decide(code, Ruling(verdict=Verdict.APPROVE, officer="amal"), now=NOW)
    await issue_reference.task.fn(code)
    await ask_for_payment.task.fn(code)
    return code


async def test_a_request_without_a_bill_waits_for_its_amount() -> None:
    """Policy does not know the fine: it is in the list, and its case has no bill."""
    code = await awaiting(expires_on=NOW.date() - timedelta(days=90))

    [waiting] = await awaiting_payment()
    case = await looked_at(code)

    assert (waiting.request.tracking_code, waiting.bill) == (code, None)
    assert case.progress.request.status == Status.AWAITING_PAYMENT
    assert case.progress.bill is None


async def test_the_case_says_what_is_to_be_paid_and_when_it_was() -> None:
    """Number, amount, and the day; what is paid waits no more."""
    code = await awaiting(expires_on=NOW.date() + timedelta(days=30))
    [waiting] = await awaiting_payment()
    open_ = (await looked_at(code)).progress.bill

    assert open_ is not None
    paid_on = riyadh_day(open_.issued_at)

    await record_payment(open_.number, AMOUNT, paid_on=paid_on, now=open_.issued_at)

    paid = (await looked_at(code)).progress.bill
    assert paid is not None
    assert (open_.amount, open_.paid_on) == (AMOUNT, None)
    assert parse_bill_number(open_.number) == open_.number
    assert waiting.bill == open_
    assert waiting.request.closes_at is not None
    assert (paid.number, paid.paid_on) == (open_.number, paid_on)
    assert await awaiting_payment() == ()
