"""What `mumaris card` does to print a card, and with its code; imported when it does."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import typer

from cli.asking import confirm
from cli.errors import FileUnusable, refuse_value, say_os_error
from cli.running import operations, run
from cli.show.output import print_json
from cli.signed_in import run_as_officer
from desk.clock import utc_now
from desk.register.card_codes import reissue_code
from desk.register.card_codes import withdraw_code as withdraw
from desk.register.card_sheet import card_as_pdf
from desk.register.printing import hand_out_card_of
from mail.wording.languages import Language
from rules.findings.problems import ValueRefused

T = TypeVar("T")


def print_card(number: str, file: Path, *, language: str, as_json: bool) -> None:
    """Write the sheet to a new file for its owner alone; where that fails, no file is left."""

    async def work() -> bytes:
        card = await hand_out_card_of(number, by=operations(), now=utc_now())
        return await card_as_pdf(card, Language(language))

    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise FileUnusable(say_os_error(error)) from None
    with os.fdopen(descriptor, "wb") as out:
        try:
            out.write(run(work))
        except ValueRefused as refused:
            file.unlink()
            raise refuse_value(refused, "registration_number") from None
        except BaseException:
            file.unlink()
            raise
    if as_json:
        print_json({"file": str(file)})
    else:
        typer.echo(f"The card was written to {file}.")


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
