"""`mumaris reminders`, `mumaris suppressions` and `mumaris bounces`."""

import getpass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson, Limit, Yes
from rules.policy.thresholds import Topic
from rules.reminders.suppression import Why

app = typer.Typer(
    name="reminders", help="Send, forecast and explain reminders of cards and profiles."
)
suppressions = typer.Typer(
    name="suppressions", help="Show and change which addresses get no reminders."
)
bounces = typer.Typer(name="bounces", help="Read reports of e-mails that did not arrive.")

_DAY = typer.Option("--on", formats=["%Y-%m-%d"], help="The day; default: today in Riyadh.")
OnDay = Annotated[datetime | None, _DAY]
Because = Annotated[str, typer.Option("--because", help="Why it is done; this is kept.")]
ByWhom = Annotated[str, typer.Option("--by", help="Who ordered it; default: your login.")]


_ABOUT = typer.Option("--about", help="Only reminders on this topic.")


@app.command()
def run(
    *,
    topic: Annotated[Topic | None, _ABOUT] = None,
    on: OnDay = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be sent; send and keep nothing.")
    ] = False,
    at_any_hour: Annotated[
        bool, typer.Option("--at-any-hour", help="Ignore the sending hours in policy.toml.")
    ] = False,
    send: Annotated[
        bool, typer.Option("--send", help="Send another day's reminders today; say --because why.")
    ] = False,
    because: Because = "",
    by: ByWhom = "",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Send the reminders that are due today; none is sent twice.

    For any other day this only says what would be sent on that day. With --send and --because the
    reminders of that day leave today. What they say counts from today, and who ordered it is kept.
    A run that may write to more than a hundred people asks first.

    Example: mumaris reminders run --about card --dry-run
    """
    from cli.work import reminder_runs
    from desk.reminders.ordering import Order

    topics = [topic] if topic else list(Topic)
    if send and (on is None or dry_run or not because.strip()):
        raise typer.BadParameter("needs --on and --because, and no --dry-run", param_hint="--send")
    reminder_runs.run_day(
        reminder_runs.AskedRun(
            topics,
            _day(on),
            dry=dry_run,
            at_any_hour=at_any_hour,
            order=Order(by or getpass.getuser(), because) if send else None,
        ),
        yes=yes,
        as_json=as_json,
    )


@app.command()
def undo(
    *,
    run: Annotated[
        str | None, typer.Option("--run", help="The run to take back; without it, list such runs.")
    ] = None,
    correct: Annotated[
        bool, typer.Option("--correct", help="Also send each of these people a correction.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show whom it told.")] = False,
    because: Because = "",
    by: ByWhom = "",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Take back reminders that were sent for the wrong day.

    It shows whom the run wrote to and lets their reminders become due again on the right days. With
    --correct they also get a correction with the next run. Safe to repeat.

    Example: mumaris reminders undo --run RUN --because "wrong day" --correct
    """
    from cli.work import undo

    if run is None:
        undo.list_runs(as_json=as_json)
    else:
        order = undo.UndoOrder(by or getpass.getuser(), because, correct=correct)
        undo.undo(run, order, dry=dry_run, yes=yes, as_json=as_json)


@app.command()
def rehearse(
    *,
    topic: Annotated[Topic, typer.Option("--about", help="Topic of the reminders.")] = Topic.CARD,
    days: Annotated[
        int, typer.Option("--days", min=1, max=400, help="Number of days to show.")
    ] = 30,
    on: OnDay = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", dir_okay=False, help="Write the table as CSV.")
    ] = None,
    chart: Annotated[
        Path | None, typer.Option("--chart", dir_okay=False, help="Write it as an SVG chart.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Forecast how many reminders each coming day will send.

    It counts by threshold what is on file now, as if nothing changed.

    Example: mumaris reminders rehearse --days 14 --chart reminders.svg
    """
    from cli.work import reminders as work

    work.rehearse_days(topic, _day(on), days, work.Files(csv, chart), as_json=as_json)


@app.command()
def why(
    card: Annotated[str, typer.Argument(metavar="CARD", help="The registration number.")],
    *,
    on: OnDay = None,
    as_json: AsJson = False,
) -> None:
    """Explain why a card holder was or was not written to.

    It goes rule by rule, and says when the next e-mail comes.

    Example: mumaris reminders why 20-150007
    """
    from cli.work import reminders as work

    work.explain_person(card, _day(on), as_json=as_json)


@app.command()
def backlog(*, as_json: AsJson = False) -> None:
    """Show what waits to be examined, and what to be sent.

    Example: mumaris reminders backlog --json
    """
    from cli.work import reminders as work

    work.show_backlog(as_json=as_json)


@suppressions.command("list")
def list_(*, limit: Limit = 50, as_json: AsJson = False) -> None:
    """List the addresses that get no reminders, and why.

    For support staff.

    Example: mumaris suppressions list --limit 20
    """
    from cli.work import suppressions

    suppressions.list_suppressions(limit, as_json=as_json)


class StoppedByHand(StrEnum):
    """Why somebody stops reminders by hand."""

    ASKED = Why.ASKED.value
    DECEASED = Why.DECEASED.value
    BOUNCED = Why.BOUNCED.value


_WHOM = typer.Argument(
    metavar="WHOM",
    help="The e-mail address, or the registration number of whose it is; - reads it from stdin.",
)


@suppressions.command()
def add(
    whom: Annotated[str, _WHOM],
    *,
    reason: Annotated[StoppedByHand, typer.Option("--reason", help="Why the reminders stop.")],
    as_json: AsJson = False,
) -> None:
    """Stop reminders to an address: its owner asked, or has died.

    E-mails about the person's own requests still arrive. The reason is added to any others.

    Example: mumaris suppressions add 20-150007 --reason asked
    """
    from cli.work import suppressions

    suppressions.add_suppression(whom, Why(reason), as_json=as_json)


@suppressions.command()
def lift(
    whom: Annotated[str, _WHOM],
    *,
    reason: Annotated[
        Why | None, typer.Option("--reason", help="Only this reason; the others stay.")
    ] = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Let an address get reminders again.

    It asks where the owner wanted none.

    Example: mumaris suppressions lift 20-150007 --reason bounced
    """
    from cli.work import suppressions

    suppressions.lift_suppression(whom, reason, yes=yes, as_json=as_json)


@bounces.command()
def read(
    maildir: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="The Maildir they arrive in.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Read delivery reports and complaints, and act on them.

    Mailboxes that do not exist, and people who complain, get no more reminders. An e-mail about a
    request that came back shows on the request. What was read moves from new to cur; read again, it
    changes nothing.

    Example: mumaris bounces read /var/mail/bounces
    """
    from cli.work import suppressions

    suppressions.read_bounces(maildir, as_json=as_json)


def _day(typed: datetime | None) -> date | None:
    return typed.date() if typed else None
