"""Payments that a gateway or a bank's file reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import Field, TypeAdapter

from desk.accounts.machine_keys import Calling
from desk.kinds.reading import SubmissionRefused
from desk.machines.paying import report_payment
from portal.api.answers import answer
from portal.api.bodies import body_as
from portal.api.calling import machine
from portal.api.shapes import RequestInShort
from portal.web.clock import Now
from rules.accounts.machines import MachineAct
from rules.findings.problems import ValueRefused, problem
from rules.requests.submitted import AS_TYPED
from rules.values.bill_number import parse_bill_number
from rules.values.dates import parse_date
from rules.values.money import CurrencyUnknown, Money

router = APIRouter()

_MAY = machine("report_payment_received", MachineAct.REPORT_PAYMENT)


@dataclass(frozen=True, kw_only=True)
class PaidAmount:
    """What was paid, in the minor unit of its currency: 16000 is 160 riyals."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = AS_TYPED

    minor: Annotated[int, Field(strict=True, ge=0, le=10**12)]
    #: ISO 4217.
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentReport:
    """That a bill was paid."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = AS_TYPED

    bill: str
    amount: PaidAmount
    #: In Riyadh; Hijri or Gregorian.
    paid_on: str


_REPORT = TypeAdapter(PaymentReport)


@router.post("/payments")
async def report_payment_received(
    request: Request,
    calling: Annotated[
        Calling, Depends(machine("report_payment_received", MachineAct.REPORT_PAYMENT))
    ],
    now: Now,
) -> Response:
    """Record that a bill was paid, whole."""
    report = await body_as(_REPORT, request)
    found = await report_payment(
        calling,
        parse_bill_number(report.bill),
        _money(report.amount),
        paid_on=_day(report.paid_on),
        now=now,
    )
    return answer(request, RequestInShort.of(found))


def _money(paid: PaidAmount) -> Money:
    try:
        return Money(paid.minor, paid.currency)
    except CurrencyUnknown:
        raise SubmissionRefused([problem("wrong_type", "amount.currency")]) from None


def _day(typed: str) -> date:
    try:
        return parse_date(typed)
    except ValueRefused as refused:
        raise SubmissionRefused([refused.about("paid_on")]) from None
