"""`mumaris payment`: what waits to be paid, and the record that it was."""

from datetime import date
from typing import Annotated

import typer

from cli.options import AsJson, Code, Day
from rules.values.bill_number import parse_bill_number

app = typer.Typer(name="payment", help="List, issue and record bills.")

Amount = Annotated[str, typer.Option("--amount", metavar="AMOUNT", help="Such as 240 or 240.00.")]


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List the requests that wait for payment, earliest due first.

    Example: mumaris payment list --json
    """
    from cli.work import payments as work

    work.list_waiting(as_json=as_json)


@app.command()
def bill(code: Code, *, amount: Amount, as_json: AsJson = False) -> None:
    """Issue a bill whose amount policy does not set.

    A late fine is one such case. It prints the bill's number. The same amount again is the same
    bill.

    Example: mumaris payment bill K7Q2-M9XD --amount 640.00
    """
    from cli.work import payments as work

    work.bill(code, amount, as_json=as_json)


@app.command()
def record(
    bill: Annotated[
        str,
        typer.Argument(parser=parse_bill_number, metavar="BILL", help="The bill's number."),
    ],
    *,
    amount: Amount,
    paid_on: Annotated[date, Day("--paid-on", "The day on which it was paid.")],
    as_json: AsJson = False,
) -> None:
    """Record that a bill was paid.

    Its request goes on to activation. The amount must be the bill's. Recording it again changes
    nothing.

    Example: mumaris payment record MBL-1448-000001-9 --amount 160 --paid-on 2026-11-25
    """
    from cli.work import payments as work

    work.record(bill, amount, paid_on, as_json=as_json)
