"""`mumaris payment`: what waits to be paid, and the record that it was."""

from datetime import date
from typing import Annotated

import typer

from cli.options import AsJson, Code, Day
from rules.bill_number import parse_bill_number

app = typer.Typer(name="payment", help="Bills: what waits to be paid, and that it was paid.")

Amount = Annotated[str, typer.Option("--amount", metavar="AMOUNT", help="Such as 240 or 240.00.")]


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List the requests that wait for payment, the first due first."""
    from cli import payment_commands

    payment_commands.list_waiting(as_json=as_json)


@app.command()
def bill(code: Code, *, amount: Amount) -> None:
    """Set the amount of a bill that policy does not know, such as a late fine.

    Prints the bill's number. The same amount again is the same bill.
    """
    from cli import payment_commands

    payment_commands.bill(code, amount)


@app.command()
def record(
    bill: Annotated[
        str,
        typer.Argument(parser=parse_bill_number, metavar="BILL", help="The bill's number."),
    ],
    *,
    amount: Amount,
    paid_on: Annotated[date, Day("--paid-on", "The day on which it was paid.")],
) -> None:
    """Record that a bill was paid: its request goes on to activation.

    Recorded again it changes nothing; the amount must be the bill's.
    """
    from cli import payment_commands

    payment_commands.record(bill, amount, paid_on)
