"""Cards looked up, and payments reported."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from desk.requests.payments import ask_for_payment
from desk.requests.review import Ruling, decide
from models.database import transaction
from models.payments import bill_of
from models.requests import find_request
from rules.accounts.machines import MachineKind
from rules.requests.statuses import Kind
from rules.requests.verdicts import Verdict
from support.api import System, problem_of, system_of
from support.cards import give_card, renewal
from support.machines import key_of, machine_lines
from support.people import NOURA, RAHUL, register_applicant
from support.policies import PAID_FIRST, policy_with
from support.requests import NOW, request_at_gate
from tasks.steps.reference import issue_reference

NUMBER = NOURA["registration_number"]
EXPIRES = NOW.date() + timedelta(days=30)
#: Two years of a specialist nurse, at 120 riyals a year, in halalas.
FEE = 24_000


@pytest.fixture
async def gateway(api: FastAPI, people: None) -> AsyncIterator[System]:
    """A payment gateway."""
    async with system_of(api, await key_of("gateway", MachineKind.PAYMENTS)) as system:
        yield system


async def ask(hospital: System, what: str, **body: Any) -> httpx.Response:
    """Ask for a card, or whether it may be renewed."""
    return await hospital.client.post(f"/{what}", json=body)


async def test_a_card_is_looked_up_without_its_number_in_an_address(hospital: System) -> None:
    """However it is typed; a look is a line of the access log."""
    await give_card(NUMBER, expires_on=EXPIRES)

    found = await ask(hospital, "card-lookups", registration_number="٢٠١٠-٤٥٦٧")

    assert (found.status_code, found.json()["expires_on"]) == (200, EXPIRES.isoformat())
    assert len(found.json()["periods"]) == 1
    assert ("hospital", "card", None) in await machine_lines()


async def test_eligibility_is_told_rule_by_rule(hospital: System) -> None:
    """For today, or another day."""
    await give_card(NUMBER, expires_on=EXPIRES)

    today = await ask(hospital, "eligibility-checks", registration_number=NUMBER)
    early = await ask(hospital, "eligibility-checks", registration_number=NUMBER, on="2025-01-01")

    assert (today.json()["on"], today.json()["may_renew"]) == ("2026-11-23", True)
    assert early.json()["may_renew"] is False
    assert all(one["sentence_ar"] for one in today.json()["rules"])


@pytest.mark.parametrize("what", ["card-lookups", "eligibility-checks"])
async def test_another_s_card_and_none_are_told_apart_from_nothing(
    hospital: System, what: str
) -> None:
    """Somebody else's people are as unknown as nobody; ours who have no card are not."""
    theirs = await register_applicant(employer="Aseer Central Hospital")
    await give_card(theirs.registration_number, expires_on=EXPIRES)
    numbers = [theirs.registration_number, "20999999", "no number", ""]

    answers = [await ask(hospital, what, registration_number=number) for number in numbers]
    without = await ask(hospital, what, registration_number=RAHUL["registration_number"])

    assert {one.text for one in answers} == {answers[0].text}
    assert problem_of(answers[0]) == (404, "practitioner_unknown")
    assert problem_of(without) == (404, "card_unknown")


@pytest.mark.parametrize("on", ["tomorrow", "2026-02-30", "2200-01-01", ""])
async def test_a_day_must_be_one(hospital: System, on: str) -> None:
    """That the calendars know."""
    await give_card(NUMBER, expires_on=EXPIRES)
    refused = await ask(hospital, "eligibility-checks", registration_number=NUMBER, on=on)

    assert refused.status_code == 422
    assert refused.json()["problems"][0]["field"] == "on"


async def billed() -> str:
    """A renewal that waits for its payment; the bill's number."""
    await give_card(NUMBER, expires_on=EXPIRES)
    code = await request_at_gate(renewal(NOW.date()), kind=Kind.CARD_RENEWAL)
    await decide(code, Ruling(verdict=Verdict.APPROVE, officer="amal"), now=NOW)
    await issue_reference.task.fn(code)
    async with transaction() as session:
        request = await find_request(session, code, lock=True)
        await ask_for_payment(session, request, now=NOW)
    async with transaction() as session:
        bill = await bill_of(session, request.id)
    assert bill is not None
    return bill.number


async def pay(gateway: System, bill: str, minor: Any = FEE, **more: Any) -> httpx.Response:
    """Report a payment."""
    report = {
        "bill": bill,
        "amount": {"minor": minor, "currency": "SAR"},
        "paid_on": NOW.date().isoformat(),
        **more,
    }
    return await gateway.client.post("/payments", json=report)


async def test_a_payment_is_recorded_once(gateway: System, tmp_path: Path) -> None:
    """Reported again it changes nothing; on another day it is another payment."""
    with policy_with(tmp_path, PAID_FIRST):
        bill = await billed()
        paid = [await pay(gateway, bill) for _ in "12"]
        otherwise = await pay(gateway, bill, paid_on="2026-11-22")

    assert [(one.status_code, one.json()["status"]) for one in paid] == [(200, "paid")] * 2
    assert problem_of(otherwise) == (409, "paid_otherwise")
    assert NOURA["family_name_en"] not in paid[0].text


@pytest.mark.parametrize(
    ("minor", "code", "said"),
    [(FEE - 1_050, "paid_too_little", "10.50 SAR"), (FEE + 1, "paid_too_much", "0.01 SAR")],
)
async def test_what_is_missing_or_too_much_is_said(
    gateway: System, tmp_path: Path, minor: int, code: str, said: str
) -> None:
    """And nothing is recorded, so the right amount still is."""
    with policy_with(tmp_path, PAID_FIRST):
        bill = await billed()
        refused = await pay(gateway, bill, minor)
        paid = await pay(gateway, bill)

    assert problem_of(refused) == (422, code)
    assert said in refused.json()["title"]
    assert paid.status_code == 200


@pytest.mark.parametrize("minor", [-1, 1.5, "24000", True, 10**30, None])
async def test_an_amount_is_a_whole_number_of_halalas(gateway: System, minor: Any) -> None:
    """Nothing is guessed where money is meant."""
    refused = await pay(gateway, "MBL-1448-3000017", minor)

    assert refused.status_code == 422
    assert refused.json()["problems"][0]["field"] == "amount.minor"


@pytest.mark.parametrize("bill", ["", "MBL-1448-3000017", "' OR 1=1", "x" * 2_000])
async def test_a_bill_that_nobody_has_is_unknown(gateway: System, bill: str) -> None:
    """However it is written."""
    assert problem_of(await pay(gateway, bill)) == (404, "bill_unknown")


async def test_another_currency_and_an_impossible_day_are_refused(
    gateway: System, tmp_path: Path
) -> None:
    """Neither is turned into anything."""
    with policy_with(tmp_path, PAID_FIRST):
        bill = await billed()
        currency = await pay(gateway, bill, amount={"minor": FEE, "currency": "XXX"})
        day = await pay(gateway, bill, paid_on="2026-11-24")

    assert currency.status_code == 422
    assert problem_of(day) == (422, "paid_on_impossible")
