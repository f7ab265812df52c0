"""What a request would bring, as the command shows it to an officer: personal data."""

from collections.abc import Sequence
from datetime import date

import typer

from cli.show.output import show_facts, show_rows
from desk.cases.alike import Alike
from rules.register.fields import label_of
from rules.requests.proposed import Proposed


def show_proposed(proposed: Proposed) -> None:
    """What the request would bring, whatever its kind."""
    facts = [(fact.label.en, fact.value.en) for fact in proposed.facts]
    facts += [
        ("Doubt", raised.doubt.sentence.en) for raised in proposed.doubts if not raised.doubt.field
    ]
    if facts:
        typer.echo()
        show_facts(facts)
    _show_changes(proposed)
    doubts = [
        (
            label_of(raised.doubt.field, "en"),
            raised.doubt.sentence.en,
            raised.requested,
            raised.doubt.against,
        )
        for raised in proposed.doubts
        if raised.doubt.field
    ]
    show_rows("Doubts", ("field", "doubt", "requested", "compared with"), doubts)
    certificates = [
        (entry.title, entry.issuer, _day(entry.issued_on), str(entry.cpd_hours))
        for entry in proposed.certificates
    ]
    show_rows("Certificates", ("title", "issuer", "issued", "CPD hours"), certificates)
    experience = [
        (
            entry.role,
            entry.employer,
            _day(entry.started_on),
            _day(entry.ended_on),
            str(entry.cpd_hours),
        )
        for entry in proposed.experience
    ]
    titles = ("role", "employer", "from", "until", "CPD hours")
    show_rows("Experience", titles, experience)


def show_alike(proposed: Proposed, others: Sequence[Alike]) -> None:
    """Who may be the same person, each in a column beside what is asked for."""
    if not others:
        return
    numbers = [other.registration_number or other.tracking_code or "" for other in others]
    rows = [
        (
            change.field.label.en,
            change.new,
            *(other.values.get(change.field, "") for other in others),
        )
        for change in proposed.changes
    ]
    show_rows("May be the same person", ("field", "asked for", *numbers), rows)


def _show_changes(proposed: Proposed) -> None:
    """The official record has a column where there is one."""
    titles: tuple[str, ...] = ("field", "from (on file)", "to")
    rows: list[tuple[str, ...]] = [
        (change.field.label.en, change.on_file, change.new) for change in proposed.changes
    ]
    if any(change.official is not None for change in proposed.changes):
        titles = (*titles, "official record")
        rows = [
            (*row, change.official or "")
            for row, change in zip(rows, proposed.changes, strict=True)
        ]
    show_rows("Changes", titles, rows)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
