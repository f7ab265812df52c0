"""What the commands of `mumaris payment` do; imported when one of them runs."""

from datetime import date
from typing import Any

import typer
from sqlmodel import col, select

from cli.running import run
from cli.show.output import last_day, print_json, show_table, words
from cli.show.shapes import request_json
from desk.clock import utc_now
from desk.policy import current_policy
from desk.requests import payments
from models.database import transaction
from models.payments import Bill
from models.requests import Request
from rules.requests.statuses import Status
from rules.values.money import Money, parse_money

_TITLES = ("code", "kind", "bill", "amount", "last day")


def list_waiting(*, as_json: bool) -> None:
    """The requests that wait for payment; one without a bill waits for its amount."""
    waiting = run(_waiting)
    if as_json:
        print_json([_json(request, bill) for request, bill in waiting])
        return
    show_table(_TITLES, [_cells(request, bill) for request, bill in waiting])


def _json(request: Request, bill: Bill | None) -> dict[str, Any]:
    return {
        "tracking_code": request.tracking_code,
        "kind": request.kind,
        "bill": bill.number if bill else None,
        "amount": payments.money_of(bill).to_json() if bill else None,
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
        print_json(request_json(request))
    else:
        typer.echo(f"{request.tracking_code} {words(request.status)}")


def _money(amount: str) -> Money:
    return parse_money(amount, currency=current_policy().renewal.fees.currency)


async def _waiting() -> list[tuple[Request, Bill | None]]:
    async with transaction() as session:
        query = (
            select(Request, Bill)
            .join(Bill, col(Bill.request_id) == col(Request.id), isouter=True)
            .where(col(Request.status) == Status.AWAITING_PAYMENT)
            .order_by(col(Request.closes_at).asc().nulls_first(), col(Request.tracking_code))
        )
        return [(request, bill) for request, bill in (await session.exec(query)).all()]


def _cells(request: Request, bill: Bill | None) -> tuple[str, ...]:
    return (
        request.tracking_code,
        words(request.kind),
        bill.number if bill else "",
        payments.money_of(bill).formatted("en") if bill else "to be set",
        last_day(request.closes_at),
    )
