"""What the commands for dead addresses do; imported when one of them runs."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import typer

from cli.asking import ask
from cli.errors import refuse_value
from cli.running import run
from cli.show.output import iso, print_json, show_table, words
from cli.signed_in import run_as_officer
from desk.clock import utc_now
from desk.policy import as_on_card
from desk.requests import dead_address
from desk.requests.dead_address import AddressChangeStanding
from desk.requests.timeline import show_instant
from rules.accounts.address_changes import ProofSeen
from rules.findings.problems import ValueRefused

T = TypeVar("T")

_NEW_ADDRESS = "The new e-mail address:"
_TITLES = ("whose", "seen", "recorded by", "recorded (Riyadh)", "open until")


def record(number: str, seen: ProofSeen, *, as_json: bool, language: str) -> None:
    """Record the proof and the address that is typed."""
    email = ask(_NEW_ADDRESS).strip()
    found = _about_address(
        lambda officer: dead_address.record_proof(number, email, seen, officer, now=utc_now()),
        language,
    )
    _tell(
        found,
        f"recorded; a second officer confirms it before {show_instant(found.expires_at)}",
        as_json=as_json,
    )


def confirm(number: str, *, as_json: bool, language: str) -> None:
    """Confirm the address that is typed again."""
    email = ask(_NEW_ADDRESS).strip()
    found = _about_address(
        lambda officer: dead_address.confirm_address(number, email, officer, now=utc_now()),
        language,
    )
    _tell(found, "confirmed; both addresses get an e-mail", as_json=as_json)


def refuse(number: str, *, as_json: bool) -> None:
    """Take the change away."""
    found = _about_address(
        lambda officer: dead_address.refuse_address(number, officer, now=utc_now()), "en"
    )
    _tell(found, "taken away; nothing has changed", as_json=as_json)


def list_waiting(limit: int, *, as_json: bool) -> None:
    """Print what waits for a second officer."""
    found = run(lambda: dead_address.waiting_changes(now=utc_now(), limit=limit))
    if as_json:
        print_json([_json(each) for each in found])
    else:
        _show(found)


def _about_address(work: Callable[[str], Awaitable[T]], language: str) -> T:
    try:
        return run_as_officer(work)
    except ValueRefused as refused:
        about = "registration_number" if refused.code.startswith("registration") else "email"
        raise refuse_value(refused, about, language=language) from None


def _tell(found: AddressChangeStanding, line: str, *, as_json: bool) -> None:
    if as_json:
        print_json(_json(found))
    else:
        typer.echo(line)


def _show(found: Sequence[AddressChangeStanding]) -> None:
    rows = [
        (
            as_on_card(each.registration_number),
            words(each.seen),
            each.proposed_by,
            show_instant(each.proposed_at),
            show_instant(each.expires_at),
        )
        for each in found
    ]
    show_table(_TITLES, rows)


def _json(found: AddressChangeStanding) -> dict[str, Any]:
    return {
        "registration_number": found.registration_number,
        "seen": found.seen,
        "recorded_by": found.proposed_by,
        "recorded_at": iso(found.proposed_at),
        "expires_at": iso(found.expires_at),
        "outcome": found.outcome,
    }
