"""What `mumaris review search` does; imported when it runs."""

from typing import Any

import typer

from cli.asking import ask
from cli.show.output import iso, print_json, show_table, words
from cli.signed_in import run_as_officer
from desk.cases.searching import MOST, FoundPerson, SearchAnswer
from desk.cases.searching import search as find
from desk.clock import utc_now
from desk.policy import as_on_card

_TITLES = ("number", "name", "الاسم", "found by", "code", "kind", "status")


def search(*, as_json: bool) -> None:
    """Ask for whom to search, and show who was found with their requests."""
    typed = ask("Search for:")
    found = run_as_officer(lambda officer: find(typed, officer, now=utc_now()))
    if as_json:
        print_json(_json(found))
        return
    show_table(_TITLES, [row for person in found.people for row in _rows(person)])
    if found.is_cut:
        typer.echo(f"More people have this name: {MOST} are shown.", err=True)


def _rows(person: FoundPerson) -> list[tuple[str, ...]]:
    """One for each request, or one for whoever has none."""
    who = (
        as_on_card(person.registration_number),
        person.name_en,
        person.name_ar,
        ", ".join(map(words, person.by)),
    )
    requests = [(one.tracking_code, words(one.kind), words(one.status)) for one in person.requests]
    return [(*who, *request) for request in requests or [("", "", "")]]


def _json(found: SearchAnswer) -> dict[str, Any]:
    return {
        "people": [
            {
                "registration_number": person.registration_number,
                "name_ar": person.name_ar,
                "name_en": person.name_en,
                "found_by": list(person.by),
                "own": person.is_own,
                "requests": [
                    {
                        "tracking_code": one.tracking_code,
                        "kind": one.kind,
                        "status": one.status,
                        "reference_number": one.reference_number,
                        "submitted_at": iso(one.submitted_at),
                    }
                    for one in person.requests
                ],
            }
            for person in found.people
        ],
        "more": found.is_cut,
    }
