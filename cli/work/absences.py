"""What `mumaris review away`, `back` and `absences` do; imported when one of them runs."""

from collections.abc import Collection
from datetime import date
from typing import Any

import typer

from cli.show.output import print_json, show_table
from cli.signed_in import run_as_officer
from desk.clock import utc_now
from desk.requests.absences import come_back, read_absences, say_away
from rules.accounts.kinds import REVIEWING, Role
from rules.requests.absences import DaysAway


def away(first: date, last: date, officer: str | None, *, as_json: bool) -> None:
    """Note the days of absence of whoever is signed in, or of this officer."""
    days = DaysAway(first, last)
    codes = run_as_officer(
        lambda own: say_away(officer or own, days, by=own, now=utc_now()), roles=_roles(officer)
    )
    if as_json:
        print_json(_json(days) | {"released": list(codes)})
        return
    typer.echo(f"away from {first} to {last}")
    if codes:
        typer.echo(f"put back into their queues: {', '.join(codes)}")


def back(day: date | None, officer: str | None, *, as_json: bool) -> None:
    """End the absence that is now, or call off the one that holds this day."""
    days = run_as_officer(
        lambda own: come_back(officer or own, by=own, now=utc_now(), day=day),
        roles=_roles(officer),
    )
    if as_json:
        print_json(_json(days))
    else:
        typer.echo(f"not away from {days.first} to {days.last} any more")


def show(*, as_json: bool) -> None:
    """Who is away, and who will be."""
    now = utc_now()
    listed = run_as_officer(lambda _: read_absences(now=now))
    if as_json:
        print_json(
            [
                _json(one.days)
                | {"officer": one.officer, "said_by": one.said_by, "is_now": one.is_now}
                for one in listed
            ]
        )
        return
    rows = [
        (one.officer, str(one.days.first), str(one.days.last), "yes" if one.is_now else "")
        for one in listed
    ]
    show_table(("officer", "from", "to", "away today"), rows)


def _roles(officer: str | None) -> Collection[Role]:
    """Whoever speaks for somebody else is a supervisor."""
    return REVIEWING if officer is None else {Role.SUPERVISOR}


def _json(days: DaysAway) -> dict[str, Any]:
    return {"first_day": days.first.isoformat(), "last_day": days.last.isoformat()}
