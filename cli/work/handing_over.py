"""What `mumaris review assign` does; imported when it runs."""

from collections.abc import Sequence

import typer

from cli.errors import ExitCode, name_of_error
from cli.show.output import print_json
from cli.signed_in import run_as_officer
from desk.clock import utc_now
from desk.requests.handing_over import Given, assign_all
from rules.accounts.kinds import Role


def assign(codes: Sequence[str], officer: str, why: str | None, *, as_json: bool) -> None:
    """Give each of the requests to the officer, and say what came of each."""

    async def work(by: str) -> tuple[Given, ...]:
        return await assign_all(codes, officer, by=by, why=why, now=utc_now())

    given = run_as_officer(work, roles={Role.SUPERVISOR})
    refused = [one for one in given if one.refused is not None]
    if as_json:
        print_json(
            [
                {
                    "tracking_code": one.tracking_code,
                    "assigned": one.refused is None,
                    "code": name_of_error(one.refused) if one.refused else None,
                    "message": str(one.refused) if one.refused else None,
                }
                for one in given
            ]
        )
    else:
        for one in given:
            typer.echo(f"{one.tracking_code}: {one.refused or 'assigned'}", err=bool(one.refused))
    if refused:
        raise typer.Exit(ExitCode.REFUSED)
