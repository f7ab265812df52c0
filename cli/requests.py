"""`mumaris request`: submit, look, decide, withdraw."""

from typing import Annotated

import typer

from cli.options import (
    AsJson,
    Code,
    KindFilter,
    KindOption,
    Lang,
    Language,
    Limit,
    OfficerName,
    Reason,
)
from rules.correctable import Correctable
from rules.statuses import Kind, Status

app = typer.Typer(name="request", help="Submit requests, look at them, decide and withdraw.")

File = Annotated[str, typer.Argument(metavar="FILE", help="A JSON file; - is standard input.")]


@app.command()
def submit(
    file: File,
    *,
    kind: KindOption = Kind.PROFILE_UPDATE,
    as_json: AsJson = False,
    lang: Lang = Language.EN,
) -> None:
    """Hand a submission in; prints the tracking code.

    Handed in again with the same idempotency key it is the same request.
    """
    from cli import request_commands

    request_commands.submit(file, kind, as_json=as_json, language=lang)


@app.command()
def resubmit(code: Code, file: File, *, lang: Lang = Language.EN) -> None:
    """Hand in the corrected submission of a returned request."""
    from cli import request_commands

    request_commands.resubmit(code, file, language=lang)


@app.command("list")
def list_(
    *,
    status: Annotated[Status | None, typer.Option("--status", help="Only this status.")] = None,
    kind: KindFilter = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List requests, newest first."""
    from cli import request_commands

    request_commands.list_requests(status, kind, limit, as_json=as_json)


@app.command()
def show(code: Code, *, as_json: AsJson = False, lang: Lang = Language.EN) -> None:
    """Show where a request stands: status, reference number, timeline, letters."""
    from cli import request_commands

    request_commands.show(code, as_json=as_json, language=lang)


@app.command()
def decide(
    code: Code,
    *,
    officer: OfficerName,
    approve: Annotated[bool, typer.Option("--approve", help="Say yes.")] = False,
    return_: Annotated[bool, typer.Option("--return", help="Ask for a correction.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Say no.")] = False,
    reason: Reason = None,
    field: Annotated[
        list[Correctable] | None,
        typer.Option("--field", metavar="FIELD", help="A field to correct; may be repeated."),
    ] = None,
    note: Annotated[str | None, typer.Option("--note", help="For the applicant's letter.")] = None,
) -> None:
    """Decide at the review gate, as an officer: one of --approve, --return, --reject."""
    chosen = [
        verdict
        for verdict, given in (("approve", approve), ("return", return_), ("reject", reject))
        if given
    ]
    if len(chosen) != 1:
        raise typer.BadParameter("give exactly one of --approve, --return and --reject")
    from cli import request_commands

    request_commands.decide(code, chosen[0], officer, reason=reason, fields=field or [], note=note)


@app.command()
def withdraw(
    code: Code,
    *,
    operations: Annotated[
        bool, typer.Option("--operations", help="On behalf of operations: also after approval.")
    ] = False,
) -> None:
    """Take a request back."""
    from cli import request_commands

    request_commands.withdraw(code, operations=operations)


@app.command()
def resend(code: Code) -> None:
    """Mail a new activation link; earlier ones stop working."""
    from cli import request_commands

    request_commands.resend(code)
