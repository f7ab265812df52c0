"""`mumaris payment`: what operations do while a bill is to be paid."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.requests.review import Ruling, decide
from desk.requests.submission import accept
from rules.requests.statuses import Kind
from rules.requests.verdicts import Verdict
from rules.values.dates import riyadh_day
from support.cards import give_card, renewal
from support.people import NOURA
from support.policies import PAID_FIRST, policy_with
from support.shell import mumaris
from tasks.steps.payment import ask_for_payment
from tasks.steps.reference import issue_reference
from tasks.steps.validation import validate

pytestmark = pytest.mark.usefixtures("people", "paid_first")


@pytest.fixture
def paid_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Policy asks for payment before activation; no letter leaves."""
    monkeypatch.setenv("MUMARIS_SMTP_PORT", "1")
    with policy_with(tmp_path, PAID_FIRST):
        yield


async def awaiting_payment(*, expires_in_days: int) -> str:
    """Noura's renewal, approved and asked to be paid."""
    now = datetime.now(UTC)
    today = riyadh_day(now)
    number = NOURA["registration_number"]
    await give_card(number, expires_on=today + timedelta(days=expires_in_days))
    request = await accept(Kind.CARD_RENEWAL, renewal(today), now=now)
    await validate.task.fn(request.tracking_code)
    ruling = Ruling(verdict=Verdict.APPROVE, officer="amal")
    await decide(request.tracking_code, ruling, now=now)
    await issue_reference.task.fn(request.tracking_code)
    await ask_for_payment.task.fn(request.tracking_code)
    return request.tracking_code


async def waiting() -> list[dict[str, object]]:
    """What is listed."""
    listed: list[dict[str, object]] = json.loads(
        (await mumaris("payment", "list", "--json")).stdout
    )
    return listed


def today() -> str:
    """This day in Riyadh."""
    return str(riyadh_day(datetime.now(UTC)))


async def test_a_payment_is_recorded_by_its_bill() -> None:
    """The amount must be the bill's; recorded again it changes nothing."""
    code = await awaiting_payment(expires_in_days=30)
    (bill,) = await waiting()
    number = str(bill["bill"])

    wrong = await mumaris("payment", "record", number, "--amount", "1", "--paid-on", today())
    paid = [
        await mumaris("payment", "record", number.lower(), "--amount", "240", "--paid-on", today())
        for _ in range(2)
    ]

    assert bill["amount"] == {"minor": 24_000, "currency": "SAR"}
    assert wrong.exit_code == 1
    assert "240.00 SAR" in wrong.stderr
    assert [each.stdout for each in paid] == [f"{code} paid\n"] * 2
    assert await waiting() == []


async def test_the_amount_of_a_late_renewal_is_set_by_hand() -> None:
    """Until then the list says so, and nothing is due."""
    code = await awaiting_payment(expires_in_days=-60)
    (before,) = await waiting()
    table = await mumaris("payment", "list")

    billed = await mumaris("payment", "bill", code, "--amount", "500.00")

    (after,) = await waiting()
    assert (before["bill"], before["last_day"]) == (None, None)
    assert "to be set" in table.stdout
    assert billed.stdout.strip() == after["bill"]
    assert after["last_day"] is not None


@pytest.mark.parametrize("amount", ["-1", "1,5", "abc", "1.234", ""])
async def test_what_is_no_amount_is_a_usage_error(amount: str) -> None:
    """Nothing is recorded."""
    refused = await mumaris("payment", "bill", "K7Q2-M9XD", f"--amount={amount}")

    assert refused.exit_code == 2


async def test_a_mistyped_or_unknown_bill_is_told_apart() -> None:
    """A number that cannot be is wrong usage; one that nobody has is not found."""
    mistyped = await mumaris(
        "payment", "record", "MBL-1448-000001-9", "--amount", "1", "--paid-on", today()
    )
    unknown = await mumaris(
        "payment", "record", "MBL-1448-000001-1", "--amount", "1", "--paid-on", today()
    )

    assert {mistyped.exit_code, unknown.exit_code} <= {2, 3}
