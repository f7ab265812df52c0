"""What the commands of `mumaris webhook` do; imported when one of them runs."""

from collections.abc import Sequence
from typing import Any

import typer

from cli.asking import confirm
from cli.running import operations, run
from cli.show.output import iso, print_json, show_table
from desk.clock import utc_now
from desk.machines import webhooks
from desk.machines.webhooks import NewSecret
from desk.requests.timeline import show_instant
from models.webhooks import FailedWebhook, SubscriptionSeen

_TITLES = ("subscription", "machine", "address", "events", "state", "waiting", "given up")
_FAILED = ("subscription", "request", "status", "attempts", "given up (Riyadh)", "why")


def add(machine: str, url: str, events: Sequence[str], *, as_json: bool) -> None:
    """Subscribe it, and print its secret."""
    by = operations().name
    _show_secret(
        run(lambda: webhooks.subscribe(machine, url, events, by=by, now=utc_now())),
        as_json=as_json,
    )


def list_subscriptions(*, limit: int, as_json: bool) -> None:
    """Print the subscriptions; no secret."""
    found = run(lambda: webhooks.subscriptions(limit=limit))
    if as_json:
        print_json([_json(each) for each in found])
    else:
        show_table(_TITLES, [_cells(each) for each in found])


def pause(subscription: str, *, as_json: bool) -> None:
    """Pause it."""
    by = operations().name
    changed = run(lambda: webhooks.pause(subscription, by=by, now=utc_now()))
    _show("paused" if changed else "was paused before", {"paused": changed}, as_json=as_json)


def resume(subscription: str, *, as_json: bool) -> None:
    """Resume it."""
    by = operations().name
    changed = run(lambda: webhooks.resume(subscription, by=by, now=utc_now()))
    _show("resumed" if changed else "was active already", {"resumed": changed}, as_json=as_json)


def rotate(subscription: str, *, at_once: bool, as_json: bool) -> None:
    """Make a new secret, and print it."""
    operations()
    made = run(lambda: webhooks.rotate_secret(subscription, at_once=at_once, now=utc_now()))
    _show_secret(made, as_json=as_json)


def remove(subscription: str, *, yes: bool, as_json: bool) -> None:
    """Ask, and remove it."""
    operations()
    confirm(f"End the subscription {subscription}, with what it is owed?", yes=yes)
    run(lambda: webhooks.unsubscribe(subscription))
    _show("removed", {"removed": True}, as_json=as_json)


def failed(subscription: str | None, *, limit: int, as_json: bool) -> None:
    """Print what was given up."""
    found = run(lambda: webhooks.failures(subscription_id=subscription, limit=limit))
    if as_json:
        print_json([_failed_json(each) for each in found])
    else:
        show_table(_FAILED, [_failed_cells(each) for each in found])


def replay(subscription: str, request: str | None, *, everything: bool, as_json: bool) -> None:
    """Send them again, and print how many."""
    operations()
    many = run(lambda: webhooks.replay(subscription, request, is_of_all=everything, now=utc_now()))
    _show(f"{many} to be sent again", {"to_be_sent_again": many}, as_json=as_json)


def _show(words: str, said: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(said)
    else:
        typer.echo(words)


def _show_secret(made: NewSecret, *, as_json: bool) -> None:
    """The secret alone on stdout, for a file or a pipe; what to know of it on stderr."""
    if as_json:
        ends_at = iso(made.before_ends_at)
        print_json(
            {
                "subscription": made.subscription_id,
                "secret": made.secret,
                "secret_before_ends_at": ends_at,
            }
        )
        return
    typer.echo(made.secret)
    typer.echo(f"The secret of subscription {made.subscription_id}, shown this once.", err=True)
    if made.before_ends_at is not None:
        ends = show_instant(made.before_ends_at)
        typer.echo(f"The one before signs too until {ends} (Riyadh).", err=True)


def _json(found: SubscriptionSeen) -> dict[str, Any]:
    one = found.subscription
    return {
        "subscription": one.id,
        "machine": found.machine,
        "url": one.url,
        "events": list(one.events),
        "state": one.state,
        "state_since": iso(one.state_since),
        "state_by": one.state_by,
        "failures_in_a_row": one.failures,
        "waiting": found.waiting,
        "given_up": found.failed,
    }


def _cells(found: SubscriptionSeen) -> tuple[str, ...]:
    one = found.subscription
    failing = f", {one.failures} failures in a row" if one.failures else ""
    return (
        one.id,
        found.machine,
        one.url,
        ", ".join(one.events),
        f"{one.state}{failing}",
        f"{found.waiting}",
        f"{found.failed}",
    )


def _failed_json(found: FailedWebhook) -> dict[str, Any]:
    return {
        "subscription": found.webhook.subscription_id,
        "tracking_code": found.tracking_code,
        "status": found.status,
        "attempts": found.webhook.attempts,
        "given_up_at": iso(found.webhook.settled_at),
        "why": found.webhook.reply,
    }


def _failed_cells(found: FailedWebhook) -> tuple[str, ...]:
    one = found.webhook
    return (
        one.subscription_id,
        found.tracking_code,
        found.status,
        f"{one.attempts}",
        show_instant(one.settled_at) if one.settled_at else "",
        one.reply or "",
    )
