"""`mumaris request`: submit, look, decide, withdraw."""

from pathlib import Path
from typing import Annotated

import typer

from cli.asking import confirm
from cli.options import (
    ActReason,
    AsJson,
    Attach,
    Code,
    DayFirst,
    FieldOption,
    KindFilter,
    KindOption,
    Lang,
    LanguageOption,
    Limit,
    ReasonOption,
    Yes,
)
from rules.requests.statuses import Kind, Status

app = typer.Typer(name="request", help="Submit, show, decide and withdraw requests.")

File = Annotated[str, typer.Argument(metavar="FILE", help="A JSON file; - reads standard input.")]


@app.command()
def submit(
    file: File,
    *,
    kind: KindOption = Kind.PROFILE_UPDATE,
    attach: Attach = None,
    as_json: AsJson = False,
    lang: Lang = LanguageOption.EN,
) -> None:
    """Submit a request and print its tracking code.

    The same submission with the same idempotency key is the same request, however often it is
    submitted. A file that is attached again is not added again.

    Example: mumaris request submit update.json --attach employer_letter=letter.pdf
    """
    from cli.work import requests as work

    work.submit(file, kind, attach or (), as_json=as_json, language=lang)


@app.command("submit-file")
def submit_file(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A .csv of profile updates, or a .jsonl of any kind."),
    ],
    *,
    kind: KindOption = Kind.PROFILE_UPDATE,
    check: Annotated[
        bool, typer.Option("--check", help="Submit nothing; say what would become of each row.")
    ] = False,
    day_first: DayFirst = False,
    as_json: AsJson = False,
    lang: Lang = LanguageOption.EN,
) -> None:
    """Submit a file of requests, and say what became of each row.

    Good rows are accepted, whatever is wrong with others. FILE.results.csv says what became of
    each: its tracking code, or every problem. A row has one key: that of its column
    idempotency_key, or one made of its content. So the same file may be submitted again, after an
    interruption or a correction: what was accepted before is not accepted twice.

    A .csv holds profile updates alone. Renewals and registrations have documents, which no column
    holds: they come as a .jsonl, with what request submit takes on each line.

    Example: mumaris request submit-file updates.csv --check
    """
    from cli.work import submission_files as work

    work.submit_file(
        file,
        kind,
        check=check,
        day_first=day_first,
        as_json=as_json,
        language=lang,
    )


@app.command()
def resubmit(
    code: Code,
    file: File,
    *,
    attach: Attach = None,
    as_json: AsJson = False,
    lang: Lang = LanguageOption.EN,
) -> None:
    """Submit the correction of a returned request.

    Example: mumaris request resubmit K7Q2-M9XD corrected.json --attach employer_letter=letter.pdf
    """
    from cli.work import requests as work

    work.resubmit(code, file, attach or (), as_json=as_json, language=lang)


@app.command("list")
def list_(
    *,
    status: Annotated[
        Status | None, typer.Option("--status", help="Only requests with this status.")
    ] = None,
    kind: KindFilter = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List requests, newest first.

    Example: mumaris request list --status under_review
    """
    from cli.work import requests as work

    work.list_requests(status, kind, limit, as_json=as_json)


@app.command()
def show(code: Code, *, as_json: AsJson = False, lang: Lang = LanguageOption.EN) -> None:
    """Show a request with its timeline and e-mails.

    Example: mumaris request show K7Q2-M9XD
    """
    from cli.work import requests as work

    work.show(code, as_json=as_json, language=lang)


@app.command()
def decide(
    code: Code,
    *,
    approve: Annotated[bool, typer.Option("--approve", help="Approve the request.")] = False,
    return_: Annotated[bool, typer.Option("--return", help="Return it for correction.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Reject it; this is final.")] = False,
    reason: ReasonOption = None,
    field: FieldOption = None,
    note: Annotated[
        str | None, typer.Option("--note", help="A note that the applicant reads in the e-mail.")
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Decide nothing; show the e-mails it would send.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Approve, return or reject, as the officer who is signed in.

    With --preview nothing is decided: the e-mails that would leave are shown, and what would be
    refused is.

    Example: mumaris request decide K7Q2-M9XD --approve
    """
    chosen = [
        verdict
        for verdict, given in (("approve", approve), ("return", return_), ("reject", reject))
        if given
    ]
    if len(chosen) != 1:
        raise typer.BadParameter("give exactly one of --approve, --return and --reject")
    from cli.work import requests as work

    if reject and not preview:
        confirm(f"Reject request {code}? A rejected request cannot be reopened.", yes=yes)
    work.decide(
        code,
        chosen[0],
        reason=reason,
        fields=field or [],
        note=note,
        preview=preview,
        as_json=as_json,
    )


@app.command()
def withdraw(
    code: Code,
    *,
    operations: Annotated[
        bool,
        typer.Option("--operations", help="Withdraw for operations, even after approval."),
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Withdraw a request; this is final.

    Example: mumaris request withdraw K7Q2-M9XD --operations
    """
    from cli.work import requests as work

    confirm(f"Withdraw request {code}? A withdrawn request cannot be reopened.", yes=yes)
    work.withdraw(code, operations=operations, as_json=as_json)


@app.command()
def resend(code: Code, *, as_json: AsJson = False) -> None:
    """Send a new activation link; earlier links stop working.

    Example: mumaris request resend K7Q2-M9XD
    """
    from cli.work import requests as work

    work.resend(code, as_json=as_json)


@app.command()
def restart(code: Code, *, reason: ActReason, as_json: AsJson = False) -> None:
    """Have another run made for a request that stands still.

    Nothing is lost: the new run goes on where the request stands. A run that is at work is left
    alone. Operators and supervisors may, and say why.

    Example: mumaris request restart K7Q2-M9XD --reason "Its deployment was made anew"
    """
    from cli.work import requests as work

    work.restart(code, reason, as_json=as_json)
