"""What `mumaris hold` does; imported when it runs."""

from uuid import UUID

import typer

from cli.errors import refuse_value
from cli.show.output import iso, print_json, show_table
from cli.signed_in import run_as_officer
from desk.common_clock import common_now
from desk.policy import as_on_card
from desk.requests.timeline import show_instant
from desk.retention import holding
from rules.accounts.kinds import AUDITING, Role
from rules.findings.problems import ValueRefused


def place(person: str, request: str, reason: str, *, as_json: bool) -> None:
    """Place a hold and print its id."""
    if bool(person) == bool(request):
        raise typer.BadParameter("say either --person or --request")

    async def work(officer: str) -> UUID:
        now = await common_now()
        if person:
            return await holding.hold_person(person, reason=reason, by=officer, now=now)
        return await holding.hold_request(request, reason=reason, by=officer, now=now)

    try:
        placed = run_as_officer(work, roles={Role.SUPERVISOR})
    except ValueRefused as refused:
        raise refuse_value(refused, "registration_number") from None
    if as_json:
        print_json({"hold": str(placed)})
    else:
        typer.echo(f"Hold {placed} stands.")


def lift(hold: UUID, *, as_json: bool) -> None:
    """Lift a hold."""

    async def work(officer: str) -> None:
        await holding.lift(hold, by=officer, now=await common_now())

    run_as_officer(work, roles={Role.SUPERVISOR})
    if as_json:
        print_json({"hold": str(hold), "lifted": True})
    else:
        typer.echo(f"Hold {hold} is lifted.")


def list_(limit: int, *, as_json: bool) -> None:
    """Print the holds that stand."""
    found = run_as_officer(lambda _: holding.holds(limit=limit), roles=AUDITING)
    if as_json:
        print_json(
            [
                {
                    "hold": str(one.hold.id),
                    "person": one.registration_number,
                    "request": one.tracking_code,
                    "reason": one.hold.reason,
                    "placed_at": iso(one.hold.placed_at),
                    "placed_by": one.hold.placed_by,
                }
                for one in found
            ]
        )
        return
    rows = [
        (
            str(one.hold.id),
            as_on_card(one.registration_number) if one.registration_number else "",
            one.tracking_code or "",
            show_instant(one.hold.placed_at),
            one.hold.placed_by,
            one.hold.reason,
        )
        for one in found
    ]
    show_table(("hold", "person", "request", "placed", "by", "reason"), rows)
