"""What the commands of `mumaris card` do; imported when one of them runs."""

import re
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, TypeVar

import typer

from cli.asking import confirm
from cli.errors import ExitCode, refuse_value
from cli.options import parse_day
from cli.running import operations, run
from cli.show.output import iso, print_json, show_facts, show_table, words
from desk.clock import utc_now
from desk.policy import as_on_card
from desk.register import cards
from desk.requests.timeline import show_instant
from models.cards import CardPeriod
from rules.card_renewal.eligibility import EligibilityLine, may_renew
from rules.findings.problems import ValueRefused
from rules.values.dates import riyadh_day

T = TypeVar("T")

_PERIOD_TITLES = ("from", "until", "made by", "ordered by", "recorded (Riyadh)")
_ACTOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def show(number: str, *, as_json: bool) -> None:
    """The card with its history."""
    found = _about_card(lambda: cards.read_card(number, by=operations(), now=utc_now()))
    card = found.card
    if as_json:
        print_json(
            {
                "registration_number": found.registration_number,
                "status": card.status,
                "category": card.category,
                "valid_from": card.valid_from.isoformat(),
                "expires_on": card.expires_on.isoformat(),
                "periods": [_period_json(period) for period in found.periods],
            }
        )
        return
    show_facts(
        [
            ("Registration number", as_on_card(found.registration_number)),
            ("Status", words(card.status)),
            ("Category", words(card.category)),
            ("Hours count from", card.valid_from.isoformat()),
            ("Valid until", card.expires_on.isoformat()),
        ]
    )
    typer.echo()
    show_table(_PERIOD_TITLES, [_period_cells(one) for one in found.periods], title="Periods")


def eligibility(number: str, on: date | None, *, as_json: bool, language: str) -> None:
    """Each rule's answer with its source; the exit code is the answer."""
    now = utc_now()
    day = on or riyadh_day(now)
    lines = _about_card(lambda: cards.eligibility_of(number, day, by=operations(), now=now))
    may = may_renew(lines)
    if as_json:
        print_json(
            {
                "on": day.isoformat(),
                "may_renew": may,
                "lines": [_line_json(line) for line in lines],
            }
        )
    else:
        typer.echo(f"On {day} this card {'may' if may else 'may not'} be renewed.")
        show_table(
            ("", "rule", "answer", "source"), [_line_cells(line, language) for line in lines]
        )
    if not may:
        raise typer.Exit(ExitCode.REFUSED)


def extend(
    between: tuple[str, str], to: date, *, actor: str, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Extend the cards, having asked, and print how many, by the day on which they expired."""
    if not _ACTOR.fullmatch(actor):
        raise typer.BadParameter("--by is a user name: letters, digits and . _ -")
    first, last = map(parse_day, between)

    def work(*, dry: bool) -> cards.Extension:
        return run(
            lambda: cards.extend_cards(
                first=first, last=last, to=to, actor=actor, now=utc_now(), dry_run=dry
            )
        )

    if not (dry_run or yes):
        number = work(dry=True).total
        confirm(f"Extend {number:,} cards to {to}? This cannot be taken back.", yes=number == 0)
    done = work(dry=dry_run)
    if as_json:
        print_json(
            {
                "to": done.to.isoformat(),
                "dry_run": done.is_dry_run,
                "cards": done.total,
                "by_expiry": {day.isoformat(): count for day, count in done.cards.items()},
                "left_alone": dict(done.left_alone),
            }
        )
        return
    would = "would expire" if done.is_dry_run else "expire"
    typer.echo(f"{done.total} cards {would} on {done.to}")
    if done.left_alone:
        counts = ", ".join(f"{count} {status}" for status, count in done.left_alone.items())
        typer.echo(f"left alone: {counts}")
    if done.cards:
        show_table(
            ("expiry before", "cards"),
            [(day.isoformat(), str(count)) for day, count in done.cards.items()],
        )


def _about_card(work: Callable[[], Awaitable[T]]) -> T:
    try:
        return run(work)
    except ValueRefused as refused:
        raise refuse_value(refused, "registration_number") from None


def _period_cells(period: CardPeriod) -> tuple[str, ...]:
    return (
        period.valid_from.isoformat(),
        period.expires_on.isoformat(),
        words(period.made_by),
        period.actor or "",
        show_instant(period.recorded_at),
    )


def _period_json(period: CardPeriod) -> dict[str, Any]:
    return {
        "valid_from": period.valid_from.isoformat(),
        "expires_on": period.expires_on.isoformat(),
        "made_by": period.made_by,
        "ordered_by": period.actor,
        "recorded_at": iso(period.recorded_at),
    }


def _line_cells(line: EligibilityLine, language: str) -> tuple[str, ...]:
    said = line.sentence.in_(language)
    return ("yes" if line.holds else "NO", words(line.rule), said, line.source.reference)


def _line_json(line: EligibilityLine) -> dict[str, Any]:
    return {
        "rule": line.rule,
        "holds": line.holds,
        "is_condition": line.is_condition,
        "sentence_ar": line.sentence.ar,
        "sentence_en": line.sentence.en,
        "source": line.source.reference,
        "source_ar": line.source.said.ar,
        "source_en": line.source.said.en,
    }
