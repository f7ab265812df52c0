"""What the commands of `mumaris payment` do; imported when one of them runs."""

from datetime import date
from typing import Any

import typer

from cli.running import run
from cli.show.output import last_day, print_json, show_table, words
from cli.show.shapes import request_json
from desk.cases.payments import AwaitedPayment, awaiting_payment
from desk.cases.standing import standing_of
from desk.clock import utc_now
from desk.policy import current_policy
from desk.requests import payments
from rules.values.money import Money, parse_money

_TITLES = ("code", "kind", "bill", "amount", "last day")


def list_waiting(*, as_json: bool) -> None:
    """The requests that wait for payment; one without a bill waits for its amount."""
    waiting = run(awaiting_payment)
    if as_json:
        print_json([_json(one) for one in waiting])
    else:
        show_table(_TITLES, [_cells(one) for one in waiting])


def _json(awaited: AwaitedPayment) -> dict[str, Any]:
    request, bill = awaited.request, awaited.bill
    return {
        "tracking_code": request.tracking_code,
        "kind": request.kind,
        "bill": bill.number if bill else None,
        "amount": bill.amount.to_json() if bill else None,
        "last_day": last_day(request.closes_at) or None,
    }


def bill(code: str, amount: str, *, as_json: bool) -> None:
    """Bill the request and print the bill's number."""
    asked = _money(amount)
    made = run(lambda: payments.set_amount(code, asked, now=utc_now()))
    if as_json:
        amount_json = payments.money_of(made).to_json()
        print_json({"tracking_code": code, "bill": made.number, "amount": amount_json})
    else:
        typer.echo(made.number)


def record(number: str, amount: str, paid_on: date, *, as_json: bool) -> None:
    """Record the payment and print where the request stands."""
    paid = _money(amount)
    request = run(lambda: payments.record_payment(number, paid, paid_on=paid_on, now=utc_now()))
    if as_json:
        print_json(request_json(standing_of(request)))
    else:
        typer.echo(f"{request.tracking_code} {words(request.status)}")


def _money(amount: str) -> Money:
    return parse_money(amount, currency=current_policy().renewal.fees.currency)


def _cells(awaited: AwaitedPayment) -> tuple[str, ...]:
    request, bill = awaited.request, awaited.bill
    return (
        request.tracking_code,
        words(request.kind),
        bill.number if bill else "",
        bill.amount.formatted("en") if bill else "to be set",
        last_day(request.closes_at),
    )
