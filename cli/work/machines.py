"""What the commands of `mumaris machine` do; imported when one of them runs."""

from collections.abc import Sequence
from typing import Any

import typer

from cli.asking import confirm
from cli.running import operations, run
from cli.show.output import iso, print_json, show_table
from desk.accounts import machines
from desk.accounts.machines import MachineStanding, NewKey
from desk.clock import utc_now
from desk.requests.timeline import show_instant
from rules.accounts.machines import MachineKind

_TITLES = ("name", "kind", "acts for", "keys end (Riyadh)", "revoked (Riyadh)")


def make(
    name: str, kind: MachineKind, employers: Sequence[str], days: int | None, *, as_json: bool
) -> None:
    """Make the machine, and print its key."""
    by = operations().name
    _show_key(
        run(
            lambda: machines.make_machine(
                name, kind, employers=employers, days=days, by=by, now=utc_now()
            )
        ),
        as_json=as_json,
    )


def scope(name: str, employers: Sequence[str], *, as_json: bool) -> None:
    """Say anew whose people it acts for."""
    by = operations().name
    run(lambda: machines.scope_machine(name, employers, by=by, now=utc_now()))
    if as_json:
        print_json({"machine": name, "employers": sorted(set(employers))})
    else:
        typer.echo(f"{name} acts for: {', '.join(sorted(set(employers)))}")


def rotate(name: str, days: int | None, *, at_once: bool, as_json: bool) -> None:
    """Make a new key, and print it."""
    by = operations().name
    _show_key(
        run(lambda: machines.rotate_key(name, days=days, at_once=at_once, by=by, now=utc_now())),
        as_json=as_json,
    )


def revoke(name: str, *, yes: bool, as_json: bool) -> None:
    """Ask, and end it."""
    confirm(f"End the machine {name} and its keys, for ever?", yes=yes)
    by = operations().name
    was_open = run(lambda: machines.revoke_machine(name, by=by, now=utc_now()))
    if as_json:
        print_json({"revoked": was_open})
    else:
        typer.echo("revoked" if was_open else "was revoked before")


def list_machines(*, limit: int, as_json: bool) -> None:
    """Print the machines; no key."""
    found = run(lambda: machines.machines(now=utc_now(), limit=limit))
    if as_json:
        print_json([_json(each) for each in found])
    else:
        show_table(_TITLES, [_cells(each) for each in found])


def _show_key(made: NewKey, *, as_json: bool) -> None:
    """The key alone on stdout, for a file or a pipe; what to know of it on stderr."""
    if as_json:
        print_json({"machine": made.machine, "key": made.key, "ends_at": iso(made.ends_at)})
        return
    typer.echo(made.key)
    ends = show_instant(made.ends_at)
    typer.echo(f"The key of {made.machine}, shown this once. It ends {ends} (Riyadh).", err=True)


def _json(found: MachineStanding) -> dict[str, Any]:
    return {
        "name": found.name,
        "kind": found.kind,
        "employers": list(found.employers),
        "made_at": iso(found.made_at),
        "scoped_by": found.scoped_by,
        "revoked_at": iso(found.revoked_at),
        "keys_end": [iso(each) for each in found.keys_end],
    }


def _cells(found: MachineStanding) -> tuple[str, ...]:
    return (
        found.name,
        found.kind,
        "; ".join(found.employers),
        ", ".join(map(show_instant, found.keys_end)),
        show_instant(found.revoked_at) if found.revoked_at else "",
    )
