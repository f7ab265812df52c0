"""Everything that is held about whoever is signed in: as a page, and as a file to keep."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from desk.accounts.own_details import HeldTable, held_json, held_tables, note_own_copy
from desk.accounts.signed_in import SignedIn
from portal.web.clock import Now
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.proving import ProofNeeded, is_proved
from portal.web.sentences import sentences
from portal.web.who import NotForOfficers, Who
from rules.register.fields import Field, label_of

router = APIRouter()

COPY = "/account/copy"
_FILE_NAME = "my-details.json"
#: Here a column of this name holds an e-mail address, and no national one.
_E_MAILS = frozenset({"mailbox_doubts", "reminders", "suppressions"})


@router.api_route(COPY, methods=["GET", "HEAD"])
async def offer(request: Request, who: Who) -> Response:
    """What there is, what is left out, and the two ways to have it."""
    return page("own_copy.html", request, page_language(request, who.language))


@router.get(f"{COPY}/page")
async def show(request: Request, who: Who, now: Now) -> Response:
    """All of it to read; of each sort the first entries."""
    owner = await _given_to(request, who, now)
    language = page_language(request, who.language)
    found = await held_tables(owner)
    return page(
        "own_details.html",
        request,
        language,
        held=[(table, _entries(table, language)) for table in found],
    )


@router.get(f"{COPY}/file")
async def give(request: Request, who: Who, now: Now) -> Response:
    """All of it as one JSON file, piece by piece."""
    owner = await _given_to(request, who, now)
    return StreamingResponse(
        held_json(owner, now=now),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{_FILE_NAME}"'},
    )


async def _given_to(request: Request, who: SignedIn, now: Now) -> UUID:
    """Whose it is, with the line of the access log; raises `ProofNeeded`."""
    if who.practitioner_id is None or who.registration_number is None:
        raise NotForOfficers
    if not is_proved(who, now=now):
        raise ProofNeeded(request.url.path)
    await note_own_copy(who.registration_number, who.practitioner_id, now=now)
    return who.practitioner_id


def _entries(table: HeldTable, language: str) -> Sequence[Sequence[tuple[str, str, Any]]]:
    """Of each row what a person can read: label, what it is, value; the rest is in the file."""
    labels = {name: _label(table.name, name, language) for name in table.columns}
    return [
        [
            (label, _sort(row[name]), row[name])
            for name, label in labels.items()
            if label and row[name] not in {None, ""}
        ]
        for row in table.rows
    ]


def _label(table: str, column: str, language: str) -> str:
    if column == "address" and table in _E_MAILS:
        column = Field.EMAIL
    if column in set(Field) and column != Field.IDENTITY_KIND:
        return label_of(column, language)
    sentence = sentences().get(f"kept.column.{column}")
    return sentence[language] if sentence else ""


def _sort(value: object) -> str:
    if isinstance(value, datetime):
        return "instant"
    return "day" if isinstance(value, date) else "text"
