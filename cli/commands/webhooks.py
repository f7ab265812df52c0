"""`mumaris webhook`: telling other systems of what happens to requests."""

from typing import Annotated

import typer

from cli.options import AsJson, Limit, Yes

_ID = typer.Argument(metavar="SUBSCRIPTION", help="Its number, as `mumaris webhook list` shows it.")
Id = Annotated[str, _ID]

app = typer.Typer(name="webhook", help="Tell other systems of what happens to requests.")


@app.command()
def add(
    machine: Annotated[str, typer.Argument(metavar="MACHINE", help="The machine's name.")],
    url: Annotated[str, typer.Argument(metavar="URL", help="Where it is told: an https address.")],
    *,
    events: Annotated[
        list[str] | None,
        typer.Option(
            "--event", help="A status that it is told of, such as activated; repeat it. Else all."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell a machine of its requests, and print the secret.

    The secret signs what is told. It is shown once: hand it over at once, and not by e-mail. A
    machine hears of the requests that it may see, and of nothing that happened before.

    Example: mumaris webhook add king-salman https://hr.example.org/mumaris --event activated
    """
    from cli.work import webhooks as work

    work.add(machine, url, events or (), as_json=as_json)


@app.command("list")
def list_(*, limit: Limit = 50, as_json: AsJson = False) -> None:
    """List who is told of what, and where.

    Example: mumaris webhook list
    """
    from cli.work import webhooks as work

    work.list_subscriptions(limit=limit, as_json=as_json)


@app.command()
def pause(subscription: Id, *, as_json: AsJson = False) -> None:
    """Let nothing of a subscription leave for now.

    What happens is kept for it, and leaves when it is resumed.

    Example: mumaris webhook pause 5f0c7a12e49b3d8fa610
    """
    from cli.work import webhooks as work

    work.pause(subscription, as_json=as_json)


@app.command()
def resume(subscription: Id, *, as_json: AsJson = False) -> None:
    """Let a subscription's webhooks leave again.

    Those that waited leave first. Resume also one whose receiver said that it is gone (410), and
    one whose receiver is left alone for a while as it did not answer.

    Example: mumaris webhook resume 5f0c7a12e49b3d8fa610
    """
    from cli.work import webhooks as work

    work.resume(subscription, as_json=as_json)


@app.command()
def rotate(
    subscription: Id,
    *,
    at_once: Annotated[
        bool, typer.Option("--at-once", help="End the secret before now: it was lost.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a new secret for a subscription, and print it.

    The one before signs too for some hours: how many is policy's (webhooks.secret_overlap_hours).

    Example: mumaris webhook rotate 5f0c7a12e49b3d8fa610
    """
    from cli.work import webhooks as work

    work.rotate(subscription, at_once=at_once, as_json=as_json)


@app.command()
def remove(subscription: Id, *, yes: Yes = False, as_json: AsJson = False) -> None:
    """End a subscription, and forget what it is owed.

    Example: mumaris webhook remove 5f0c7a12e49b3d8fa610 --yes
    """
    from cli.work import webhooks as work

    work.remove(subscription, yes=yes, as_json=as_json)


@app.command()
def failed(
    subscription: Annotated[
        str | None, typer.Option("--subscription", help="Of this subscription alone.")
    ] = None,
    *,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List the webhooks that were given up, the last one first.

    Example: mumaris webhook failed
    """
    from cli.work import webhooks as work

    work.failed(subscription, limit=limit, as_json=as_json)


@app.command()
def replay(
    subscription: Id,
    *,
    request: Annotated[
        str | None, typer.Option("--request", help="Those of this tracking code alone.")
    ] = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Also those that were delivered, as long as they are kept."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Send webhooks again that were given up.

    Each keeps the id that it had, by which its receiver knows it.

    Example: mumaris webhook replay 5f0c7a12e49b3d8fa610
    """
    from cli.work import webhooks as work

    work.replay(subscription, request, everything=everything, as_json=as_json)
