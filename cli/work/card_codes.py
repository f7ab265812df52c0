"""What `mumaris card` does with a card's code; imported when one of its commands runs."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer

from cli.asking import confirm
from cli.errors import refuse_value
from cli.show.output import print_json
from cli.signed_in import run_as_officer
from desk.clock import utc_now
from desk.register.card_codes import reissue_code
from desk.register.card_codes import withdraw_code as withdraw
from rules.findings.problems import ValueRefused

T = TypeVar("T")


def reissue(number: str, *, yes: bool, as_json: bool) -> None:
    """Give the card another code, having asked."""
    confirm("Give this card a new code? What was printed before will not count.", yes=yes)
    made = _as_officer(lambda officer: reissue_code(number, officer=officer, now=utc_now()))
    if as_json:
        print_json({"code_number": made})
    else:
        typer.echo(f"The card has its code number {made}; its holder can print it anew.")


def withdraw_code(number: str, *, yes: bool, as_json: bool) -> None:
    """Take the card's code back, having asked."""
    confirm("Take this card's code back? It cannot be printed until it is reissued.", yes=yes)
    _as_officer(lambda officer: withdraw(number, officer=officer, now=utc_now()))
    if as_json:
        print_json({"withdrawn": True})
    else:
        typer.echo("The card's code was taken back.")


def _as_officer(work: Callable[[str], Awaitable[T]]) -> T:
    try:
        return run_as_officer(work)
    except ValueRefused as refused:
        raise refuse_value(refused, "registration_number") from None
