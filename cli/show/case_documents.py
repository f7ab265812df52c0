"""The documents of a case as the command shows them to an officer.

The keys of the JSON objects are stable: programs read them.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from cli.show.documents import document_json
from cli.show.output import iso, words
from desk.cases.documents import CaseDocument, OfficersReading
from desk.requests.timeline import show_instant
from rules.documents.words import NOTES, SCANS
from rules.requests.document_readings import DocumentRead

CASE_DOCUMENT_TITLES = ("no.", "kind", "issuer", "issued", "expires", "pages", "file", "kept until")
READING_TITLES = ("no.", "officer", "round", "issuer", "issued", "expires", "differs in")
NOTE_TITLES = ("no.", "note")


def case_document_cells(document: CaseDocument, now: datetime) -> tuple[str, ...]:
    """The document as cells under `CASE_DOCUMENT_TITLES`: as it is stated."""
    stated, file = document.stated, document.file
    pages = file.upload.pages if file else None
    digest = f" SHA-256 {stated.sha256}" if stated and stated.sha256 and file is None else ""
    return (
        str(document.number),
        words(document.kind),
        stated.issuer if stated else _named_before(document),
        _day(stated.issued_on if stated else None),
        _day(stated.expires_on if stated else None),
        str(pages or ""),
        document.said(now).en + digest,
        show_instant(file.end.at) if file and file.end else "",
    )


def _named_before(document: CaseDocument) -> str:
    return f"(round {', '.join(map(str, document.rounds))})"


def reading_rows(documents: Sequence[CaseDocument]) -> list[tuple[str, ...]]:
    """What officers read in them, under `READING_TITLES`; the last one of a round counts."""
    return [
        (str(document.number), one.officer, str(one.round), *_read_cells(one))
        for document in documents
        for one in document.readings
    ]


def _read_cells(one: OfficersReading) -> tuple[str, ...]:
    if not one.read.readable:
        return ("cannot be read", "", "", "")
    return (
        one.read.issuer or "",
        _day(one.read.issued_on),
        _day(one.read.expires_on),
        ", ".join(words(each) for each in one.differences),
    )


def note_rows(documents: Sequence[CaseDocument]) -> list[tuple[str, ...]]:
    """What is to be known of their files, under `NOTE_TITLES`."""
    rows: list[tuple[str, ...]] = []
    for document in documents:
        if document.file is None:
            continue
        upload = document.file.upload
        said = [NOTES[note].en for note in upload.notes]
        if upload.scan is not None:
            found = f" ({upload.scan_found})" if upload.scan_found else ""
            said.append(f"Virus scan: {SCANS[upload.scan].en}{found}")
        if document.also_sent_by is not None:
            said.append(f"The same file was sent by {document.also_sent_by}.")
        rows += [(str(document.number), line) for line in said]
    return rows


def case_document_json(document: CaseDocument, now: datetime) -> dict[str, Any]:
    """The document as programs read it: stated, read and kept apart from each other."""
    stated, said = document.stated, document.said(now)
    confirmed = document.confirmed
    return {
        "number": document.number,
        "kind": document.kind,
        "stated": None
        if stated is None
        else {
            "issuer": stated.issuer,
            "issued_on": _day(stated.issued_on) or None,
            "expires_on": _day(stated.expires_on) or None,
            "sha256": stated.sha256,
        },
        "confirmed": None if confirmed is None else _read_json(confirmed.read),
        "differences": [] if confirmed is None else list(confirmed.differences),
        "readings": [
            {
                "officer": one.officer,
                "at": iso(one.read_at),
                "round": one.round,
                **_read_json(one.read),
            }
            for one in document.readings
        ],
        "rounds": list(document.rounds),
        "of_present_round": document.is_of_present_round,
        "shown": document.is_shown(now),
        "said_ar": said.ar,
        "said_en": said.en,
        "also_sent_by": document.also_sent_by,
        "file": None if document.file is None else document_json(document.file),
    }


def _read_json(read: DocumentRead) -> dict[str, Any]:
    return {
        "readable": read.readable,
        "issuer": read.issuer,
        "issued_on": _day(read.issued_on) or None,
        "expires_on": _day(read.expires_on) or None,
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
