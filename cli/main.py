"""The `mumaris` command. Importing this module must stay fast: commands import what they need."""

from typing import Annotated

import typer

from cli.commands import (
    absences,
    accounts,
    cards,
    dead_addresses,
    deciding_many,
    document_ends,
    document_keys,
    documents,
    handing_over,
    hold,
    letters,
    machines,
    payments,
    person,
    policies,
    register,
    reminders,
    requests,
    retention,
    review,
    webhooks,
    workload,
)
from cli.commands.backups import backup, restore
from cli.commands.caretaker import caretaker
from cli.commands.deploying import deploy
from cli.commands.doctor import doctor
from cli.commands.login import login, logout
from cli.commands.status import status
from cli.commands.up import up
from cli.demo.command import demo
from cli.errors import EPILOG, MumarisGroup

app = typer.Typer(
    name="mumaris",
    cls=MumarisGroup,
    help="Carry registrations, profile updates and card renewals, and send reminders.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,  # usage errors stay lines, and help needs no drawing library
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(requests.app)
review.app.command()(handing_over.assign)
review.app.command("decide-many")(deciding_many.decide_many)
review.app.command()(absences.away)
review.app.command()(absences.back)
review.app.command()(absences.absences)
review.app.command()(workload.workload)
app.add_typer(review.app)
documents.app.command()(document_ends.destroy)
documents.app.command()(document_ends.retention)
documents.app.add_typer(document_keys.app)
app.add_typer(documents.app)
app.add_typer(cards.app)
app.add_typer(payments.app)
app.add_typer(letters.app)
app.add_typer(register.app)
accounts.app.command()(dead_addresses.record_address)
accounts.app.command()(dead_addresses.confirm_address)
accounts.app.command()(dead_addresses.refuse_address)
accounts.app.command()(dead_addresses.addresses)
app.add_typer(accounts.app)
app.add_typer(machines.app)
app.add_typer(webhooks.app)
app.add_typer(retention.app)
app.add_typer(person.app)
app.add_typer(hold.app)
app.add_typer(reminders.app)
app.add_typer(reminders.suppressions)
app.add_typer(reminders.bounces)
app.add_typer(policies.app)
app.command()(register.migrate)
app.command()(deploy)
app.command()(login)
app.command()(logout)
app.command()(status)
app.command()(doctor)
app.command()(backup)
app.command()(restore)
app.command()(up)
app.command()(demo)
app.command()(caretaker)


def _say_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"mumaris {version('mumaris')}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    *,
    version: Annotated[  # noqa: ARG001 - its callback ends the program
        bool,
        typer.Option(
            "--version", callback=_say_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where in the program an error arose.")
    ] = False,
) -> None:
    """Carry registrations, profile updates and card renewals, and send reminders."""
    context.obj = {"debug": debug}
