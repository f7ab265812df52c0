"""What has changed in a case since officers were shown it, as the command shows it.

The keys of the JSON objects are stable: programs read them.
"""

from typing import Any

import typer

from cli.show.output import show_rows, words
from cli.show.shapes import corrections_json
from desk.cases.since import SinceShown
from rules.register.fields import label_of
from rules.requests.activities import CertificateOnRequest, ExperienceOnRequest
from rules.requests.documents import DocumentOnRequest

_TITLES = ("what", "asked before", "asks for now")
_ASKED = ("what", "why")


def show_since(since: SinceShown) -> None:
    """What was to be corrected, and what is otherwise now."""
    asked = [(label_of(found.field, "en"), found.sentence.en) for found in since.asked]
    show_rows(f"To be corrected after round {since.round}", _ASKED, asked)
    if since.note:
        typer.echo(f"\nNote to the applicant: {since.note}")
    if since.changed.is_nothing:
        typer.echo(f"\nNothing has changed since round {since.round}.")
    show_rows(f"Changed since round {since.round}", _TITLES, _rows(since))


def _rows(since: SinceShown) -> list[tuple[str, ...]]:
    changed = since.changed
    rows: list[tuple[str, ...]] = [
        (one.field.label.en, one.before or "", one.now or "") for one in changed.values
    ]
    rows += [
        (one.label.en, one.before.en if one.before else "", one.now.en if one.now else "")
        for one in changed.facts
    ]
    for name, added, removed in (
        ("Certificate", changed.certificates_added, changed.certificates_removed),
        ("Experience", changed.experience_added, changed.experience_removed),
    ):
        rows += [(name, _entry(entry), "") for entry in removed]
        rows += [(name, "", _entry(entry)) for entry in added]
    rows += [
        (f"{words(one.kind)} ({one.move})", _of(one.before), _of(one.now))
        for one in changed.documents
    ]
    return rows


def since_json(since: SinceShown | None) -> dict[str, Any] | None:
    """The same as programs read it; None in a first round."""
    if since is None:
        return None
    changed = since.changed
    return {
        "round": since.round,
        "returned_by": since.returned_by,
        "to_correct": corrections_json(since.asked),
        "note": since.note,
        "changes": [
            {"field": one.field, "before": one.before, "now": one.now} for one in changed.values
        ],
        "facts": [
            {
                "label": one.label.en,
                "before": one.before.en if one.before else None,
                "now": one.now.en if one.now else None,
            }
            for one in changed.facts
        ],
        "certificates_added": [one.to_json() for one in changed.certificates_added],
        "certificates_removed": [one.to_json() for one in changed.certificates_removed],
        "experience_added": [one.to_json() for one in changed.experience_added],
        "experience_removed": [one.to_json() for one in changed.experience_removed],
        "documents": [
            {
                "kind": one.kind,
                "move": one.move,
                "before": one.before.to_json() if one.before else None,
                "now": one.now.to_json() if one.now else None,
            }
            for one in changed.documents
        ],
    }


def _entry(entry: CertificateOnRequest | ExperienceOnRequest) -> str:
    if isinstance(entry, CertificateOnRequest):
        return f"{entry.title}, {entry.issuer}"
    return f"{entry.role}, {entry.employer}"


def _of(document: DocumentOnRequest | None) -> str:
    return f"{document.issuer}, {document.issued_on}" if document else ""
