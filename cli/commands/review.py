"""`mumaris review`: the officers' desk."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cli.options import ActReason, AsJson, Code, Day, KindFilter, Limit
from rules.requests.queue_filters import DueWhen, QueueFilters
from rules.requests.queues import Queue
from rules.requests.review import ReviewReason
from rules.values.user_name import read_user_name

Documents = Annotated[
    Path | None,
    typer.Option(
        "--documents",
        metavar="DIR",
        help="Write the pages of its documents there: an empty folder, or a new one.",
    ),
]
Number = Annotated[
    int,
    typer.Argument(metavar="NUMBER", min=1, help="The document's number in `review show`."),
]
AsStated = Annotated[bool, typer.Option("--as-stated", help="It shows just what is stated.")]
Issuer = Annotated[str | None, typer.Option("--issuer", help="Who issued it, as it shows.")]
IssuedOn = Annotated[date | None, Day("--issued-on", "The day of issue that it shows.")]
ExpiresOn = Annotated[date | None, Day("--expires-on", "The last valid day that it shows.")]
WithoutExpiry = Annotated[bool, typer.Option("--no-expiry", help="It shows no last valid day.")]
Unreadable = Annotated[bool, typer.Option("--unreadable", help="It cannot be read.")]


WhyFilter = Annotated[
    ReviewReason | None,
    typer.Option("--why", metavar="CODE", help="Only where this is why a person is needed."),
]
DueFilter = Annotated[
    DueWhen | None, typer.Option("--due", help="Only what is due by now, or today.")
]
BeforeFilter = Annotated[date | None, Day("--before", "Only what is due before this day.")]
HeldBy = Annotated[
    str | None,
    typer.Option(
        "--held-by",
        parser=read_user_name,
        metavar="USER",
        help="Only what this officer works on.",
    ),
]
Why = Annotated[str, typer.Option("--reason", help="Why, for whoever comes next; never e-mailed.")]

app = typer.Typer(
    name="review", help="As the officer who is signed in: list, show, read and claim."
)


@app.command()
def queue(
    *,
    which: Annotated[
        Queue | None,
        typer.Option("--queue", help="One of your own queues, after `mumaris login`."),
    ] = None,
    kind: KindFilter = None,
    why: WhyFilter = None,
    due: DueFilter = None,
    before: BeforeFilter = None,
    held_by: HeldBy = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List the requests that wait for review, most urgent first.

    With --queue, one of the queues of the officer who is signed in, and how much is in each: of
    what the filters let through.

    Example: mumaris review queue --queue to_take --due late
    """
    from cli.work import review as work

    filters = QueueFilters(kind=kind, why=why, due=due, before=before, officer=held_by)
    if which is not None:
        work.show_own_queue(which, filters, limit=limit, as_json=as_json)
    elif filters == QueueFilters():
        work.show_queue(as_json=as_json)
    else:
        raise typer.BadParameter("filters are for a queue of your own: say --queue, too")


@app.command("next")
def next_(
    *,
    which: Annotated[Queue, typer.Option("--queue", help="Only from this queue.")] = Queue.ALL,
    kind: KindFilter = None,
    why: WhyFilter = None,
    due: DueFilter = None,
    before: BeforeFilter = None,
    as_json: AsJson = False,
) -> None:
    """Claim the most urgent request that the filters let through.

    Nobody is given their own request, one that they have approved, or one that they passed on
    today. A claim ends by itself some time after its officer's last act.

    Example: mumaris review next
    """
    from cli.work import review as work

    filters = QueueFilters(kind=kind, why=why, due=due, before=before)
    work.take_next(which, filters, as_json=as_json)


@app.command()
def search(*, as_json: AsJson = False) -> None:
    """Find people by a number, a code, an e-mail address or a name.

    What is searched for is asked for, or read from standard input: others see a command's arguments
    in the list of processes, and a shell remembers them. Everybody who is shown is a line of the
    access log, which the person can read, and so is a search that finds nobody.

    Example: mumaris review search
    """
    from cli.work import searching as work

    work.search(as_json=as_json)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that is not there yet.")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the access log.")],
    which: Annotated[Queue, typer.Option("--queue", help="The queue.")] = Queue.ALL,
    kind: KindFilter = None,
    why: WhyFilter = None,
    due: DueFilter = None,
    before: BeforeFilter = None,
    held_by: HeldBy = None,
    identity_numbers: Annotated[
        bool, typer.Option("--identity-numbers", help="With identity numbers.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a queue to a CSV file that spreadsheets open.

    Supervisors and auditors may. The file is for its owner alone. For each request in it a line of
    the access log keeps the reason, and the person can read that there was a look.

    Example: mumaris review export --queue late --reason "weekly report" late.csv
    """
    from cli.work import exporting as work

    filters = QueueFilters(kind=kind, why=why, due=due, before=before, officer=held_by)
    work.export(file, which, filters, reason, identity_numbers=identity_numbers, as_json=as_json)


@app.command()
def skip(code: Code, *, reason: Why, as_json: AsJson = False) -> None:
    """Pass a request on to others for today.

    Next does not bring it back to this officer on the same day.

    Example: mumaris review skip K7Q2-M9XD --reason "needs a pharmacist"
    """
    from cli.work import review as work

    work.skip(code, reason, as_json=as_json)


@app.command()
def hold(
    code: Code,
    *,
    reason: Why,
    until: Annotated[date, Day("--until", "The day on which it comes back, in the morning.")],
    as_json: AsJson = False,
) -> None:
    """Put a request aside until a day; it stays due when it was.

    Example: mumaris review hold K7Q2-M9XD --reason "asked HR" --until 2026-12-01
    """
    from cli.work import review as work

    work.hold(code, reason, until, as_json=as_json)


@app.command()
def show(
    code: Code,
    *,
    documents: Documents = None,
    as_json: AsJson = False,
) -> None:
    """Show what a request changes, for its officer.

    It shows the personal data that an officer needs, and is a line of the access log, which the
    person can read. With --documents, the pages of its documents are written to a folder as
    pictures; each page is a line too.

    Example: mumaris review show K7Q2-M9XD --documents ./pages
    """
    from cli.work import review as work

    work.show(code, documents=documents, as_json=as_json)


@app.command()
def read(
    code: Code,
    number: Number,
    *,
    as_stated: AsStated = False,
    issuer: Issuer = None,
    issued_on: IssuedOn = None,
    expires_on: ExpiresOn = None,
    without_expiry: WithoutExpiry = False,
    unreadable: Unreadable = False,
    as_json: AsJson = False,
) -> None:
    """Note what a document shows, beside what is stated of it.

    What is not given was read as it is stated. An approval is refused where what was read is
    against the rules; the last reading of a round counts.

    Example: mumaris review read K7Q2-M9XD 1 --issued-on 2026-08-20
    """
    from cli.work.documents import reading as work

    said = work.Said(
        as_stated=as_stated,
        issuer=issuer,
        issued_on=issued_on,
        expires_on=expires_on,
        without_expiry=without_expiry,
        unreadable=unreadable,
    )
    work.read(code, number, said, as_json=as_json)


@app.command()
def claim(code: Code, *, as_json: AsJson = False) -> None:
    """Claim a request to work on it.

    Example: mumaris review claim K7Q2-M9XD
    """
    from cli.work import review as work

    work.claim(code, as_json=as_json)


@app.command()
def release(code: Code, *, as_json: AsJson = False) -> None:
    """Put a claimed request back into the queue.

    Example: mumaris review release K7Q2-M9XD
    """
    from cli.work import review as work

    work.release(code, as_json=as_json)


@app.command("release-all")
def release_all(
    user: Annotated[str, typer.Argument(metavar="USER", help="The officer's user name.")],
    *,
    reason: ActReason,
    as_json: AsJson = False,
) -> None:
    """Put back all requests that an officer holds.

    For whoever is away, or has left. Supervisors and operators may, and say why.

    Example: mumaris review release-all basim --reason "On leave from today"
    """
    from cli.work import review as work

    work.release_all(user, reason, as_json=as_json)
