"""What the commands of `mumaris account` do; imported when one of them runs."""

import sys
from collections.abc import Sequence
from typing import Any

import typer

from cli.asking import confirm
from cli.running import run
from cli.show.output import iso, print_json, show_table, words
from desk.accounts import managing, provider_links
from desk.accounts.managing import AccountStanding
from desk.clock import utc_now
from desk.policy import as_on_card
from rules.accounts.kinds import AccountKind, Factor, Role

_TITLES = ("whose", "kind", "roles", "password", "beside it", "sessions", "made")
_FACTORS = {Factor.TOTP: "app", Factor.PASSKEY: "passkey"}


def make_officer(user: str, roles: Sequence[Role], email: str | None, *, as_json: bool) -> None:
    """Make the account, and print it; an address from stdin is in nobody's list of processes."""
    typed = sys.stdin.readline().strip() if email == "-" else email
    made = run(lambda: managing.make_officer(user, roles, email=typed, now=utc_now()))
    _show([made], as_json=as_json, one=True)


def invite(whose: str, *, as_json: bool) -> None:
    """Send the link."""
    run(lambda: managing.invite(whose, now=utc_now()))
    _say({"sent": True}, "A link was sent", as_json=as_json)


def reset_factors(whose: str, *, yes: bool, as_json: bool) -> None:
    """Ask, and reset."""
    confirm("Take off the password and whatever is asked for beside it?", yes=yes)
    run(lambda: managing.reset_factors(whose, now=utc_now()))
    _say({"reset": True}, "Reset, and a link was sent", as_json=as_json)


def list_accounts(*, kind: AccountKind | None, limit: int, as_json: bool) -> None:
    """Print the accounts."""
    _show(run(lambda: managing.accounts(kind=kind, limit=limit)), as_json=as_json)


def end_sessions(whose: str, *, as_json: bool) -> None:
    """End the sessions, and print how many there were."""
    ended = run(lambda: managing.end_sessions_of(whose, now=utc_now()))
    if as_json:
        print_json({"ended": ended})
    else:
        typer.echo(f"{ended} {'session' if ended == 1 else 'sessions'} ended")


def link_provider(user: str, issuer: str, subject: str, *, as_json: bool) -> None:
    """Link the account, and say so without the subject."""
    run(lambda: provider_links.link_provider(user, issuer, subject, now=utc_now()))
    _say({"linked": True, "issuer": issuer}, f"linked: signs in by {issuer}", as_json=as_json)


def unlink_provider(user: str, *, as_json: bool) -> None:
    """Unlink the account, and say whether it was linked."""
    unlinked = run(lambda: provider_links.unlink_provider(user, now=utc_now()))
    said = "unlinked, and every session ended" if unlinked else "was linked to no provider"
    _say({"unlinked": unlinked}, said, as_json=as_json)


def _say(document: dict[str, Any], line: str, *, as_json: bool) -> None:
    if as_json:
        print_json(document)
    else:
        typer.echo(line)


def _show(found: Sequence[AccountStanding], *, as_json: bool, one: bool = False) -> None:
    if as_json:
        shown = [_json(each) for each in found]
        print_json(shown[0] if one else shown)
    else:
        show_table(_TITLES, [_cells(each) for each in found])


def _json(found: AccountStanding) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "whose": found.whose,
        "roles": list(found.roles),
        "has_password": found.has_password,
        "factors": list(found.factors),
        "sessions": found.sessions,
        "made_at": iso(found.made_at),
    }


def _cells(found: AccountStanding) -> tuple[str, ...]:
    is_number = found.kind is AccountKind.PRACTITIONER
    return (
        as_on_card(found.whose) if is_number else found.whose,
        words(found.kind),
        ", ".join(found.roles),
        "set" if found.has_password else "none",
        ", ".join(_FACTORS[factor] for factor in found.factors),
        str(found.sessions),
        f"{found.made_at:%Y-%m-%d}",
    )
