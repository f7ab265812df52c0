"""What `mumaris review workload` does; imported when it runs."""

from collections.abc import Iterable
from dataclasses import asdict

import typer

from cli.show.output import print_json, show_table, words
from cli.signed_in import run_as_officer
from desk.clock import utc_now
from desk.queues.workload import Load, read_workload
from rules.accounts.kinds import Role

_TITLES = ("open", "due today", "late", "put aside", "decided", "median minutes")


def show(days: int, *, as_json: bool) -> None:
    """The figures of this moment, for a supervisor."""
    now = utc_now()
    found = run_as_officer(lambda _: read_workload(days=days, now=now), roles={Role.SUPERVISOR})
    if as_json:
        print_json(
            {
                "since": found.since.isoformat(),
                "officers": [asdict(one) for one in found.officers],
                "kinds": [asdict(one) for one in found.kinds],
            }
        )
        return
    typer.echo(f"decided: since {found.since}\n")
    _show("kind", found.kinds)
    typer.echo()
    _show("officer", found.officers)


def _show(of: str, loads: Iterable[Load]) -> None:
    rows = [
        (
            words(one.name) if of == "kind" else one.name,
            *map(str, (one.open, one.today, one.late, one.put_aside, one.decided)),
            "" if one.median_minutes is None else f"{one.median_minutes:.1f}",
        )
        for one in loads
    ]
    show_table((of, *_TITLES), rows)
