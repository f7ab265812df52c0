"""Uploaded documents as the command shows them: codes, numbers and instants, never content.

The keys of the JSON objects are stable: programs read them.
"""

from collections.abc import Sequence
from typing import Any

from cli.show.output import iso, words
from cli.show.shapes import request_json
from desk.cases.uploads import UploadFile, UploadStanding
from desk.policy import as_on_card, current_policy
from desk.requests.timeline import show_instant
from models.access_log import AccessLine
from models.documents.documents import UploadEvent
from rules.documents.words import ENDS, NOTES, SCANS, STATES, kept_until
from rules.findings.problems import Problem
from rules.values.sizes import Size

DOCUMENT_TITLES = ("id", "kind", "state", "pages", "received", "kept until", "why")


def said_of_store(address: str, scanner: str | None) -> str:
    """Where documents lie, and who scans them."""
    scanned = f"scanned by {scanner}" if scanner else "not scanned (MUMARIS_CLAMD is not set)"
    return f"{address}, {scanned}"


def document_cells(one: UploadStanding) -> tuple[str, ...]:
    """The document as cells under `DOCUMENT_TITLES`."""
    upload = one.upload
    return (
        upload.id,
        words(upload.kind),
        words(upload.state),
        str(upload.pages or ""),
        show_instant(upload.received_at),
        show_instant(one.end.at) if one.end else "",
        words(one.end.rule) if one.end else "",
    )


def document_facts(one: UploadFile, language: str) -> list[tuple[str, str]]:
    """Where the document stands, as facts; the sentences are in this language."""
    upload = one.upload
    pages = f", {upload.pages} page{'' if upload.pages == 1 else 's'}" if upload.pages else ""
    facts = [
        ("Document", upload.id),
        ("Kind", words(upload.kind)),
        ("Owner", as_on_card(one.owner)),
        ("State", f"{STATES[upload.state].in_(language)} ({show_instant(upload.state_since)})"),
        ("Received", show_instant(upload.received_at)),
        ("File", f"{upload.media_type}, {Size(upload.size_bytes):{language}}{pages}"),
        ("Virus scan", _said_of_scan(one, language)),
    ]
    facts += [("Note", NOTES[note].in_(language)) for note in upload.notes]
    if one.fault is not None:
        facts.append(("What to do", one.fault.sentence.in_(language)))
    facts += _end_facts(one, language)
    if upload.replaces:
        facts.append(("Replaces", upload.replaces))
    if one.replaced_by:
        facts.append(("Replaced by", one.replaced_by))
    return facts


def _said_of_scan(one: UploadFile, language: str) -> str:
    scan, found = one.upload.scan, one.upload.scan_found
    if scan is None:
        return ""
    return SCANS[scan].in_(language) + (f" ({found})" if found else "")


def _end_facts(one: UploadFile, language: str) -> list[tuple[str, str]]:
    if one.certificate is not None:
        rule, at = one.certificate.rule, one.certificate.destroyed_at
        reason = f" ({one.certificate.reason})" if one.certificate.reason else ""
        said = f"{show_instant(at)}. {ENDS[rule].in_(language)}{reason}"
        return [("Destroyed", said)]
    if one.end is not None:
        return [("Kept until", f"{show_instant(one.end.at)}. {ENDS[one.end.rule].in_(language)}")]
    retention = current_policy().documents.kinds[one.upload.kind]
    return [("Kept", kept_until(retention).in_(language))]


def history_rows(events: Sequence[UploadEvent]) -> list[tuple[str, ...]]:
    """The document's history as rows: when, state, by."""
    return [
        (show_instant(event.at), words(event.to_state), _who(event.actor_kind, event.actor))
        for event in events
    ]


def look_rows(looks: Sequence[AccessLine]) -> list[tuple[str, ...]]:
    """The looks as rows: when, who, what, why."""
    return [
        (
            show_instant(look.at),
            _who(look.viewer_kind, look.viewer),
            f"page {look.page}" if look.page else "original",
            look.why or "",
        )
        for look in looks
    ]


def _who(role: str, name: str | None) -> str:
    return f"{words(role)} {name}" if name else words(role)


def document_json(one: UploadStanding) -> dict[str, Any]:
    """The document as programs read it."""
    upload = one.upload
    return {
        "id": upload.id,
        "kind": upload.kind,
        "registration_number": one.owner,
        "state": upload.state,
        "state_ar": STATES[upload.state].ar,
        "state_en": STATES[upload.state].en,
        "state_since": iso(upload.state_since),
        "received_at": iso(upload.received_at),
        "sha256": upload.sha256,
        "size_bytes": upload.size_bytes,
        "media_type": upload.media_type,
        "scan": upload.scan,
        "scan_found": upload.scan_found,
        "pages": upload.pages,
        "notes": list(upload.notes),
        "fault": _problem_json(one.fault),
        "replaces": upload.replaces,
        "kept_until": iso(one.end.at) if one.end else None,
        "kept_rule": one.end.rule if one.end else None,
    }


def whole_json(one: UploadFile) -> dict[str, Any]:
    """The same with all that has happened to it."""
    certificate = one.certificate
    return document_json(one) | {
        "replaced_by": one.replaced_by,
        "destroyed": None
        if certificate is None
        else {
            "at": iso(certificate.destroyed_at),
            "rule": certificate.rule,
            "reason": certificate.reason,
            "ordered_by": certificate.ordered_by,
        },
        "content_removed_at": iso(one.upload.content_removed_at),
        "requests": [request_json(request) for request in one.requests],
        "looks": [
            {
                "at": iso(look.at),
                "role": look.viewer_kind,
                "who": look.viewer,
                "what": look.what,
                "page": look.page,
                "why": look.why,
            }
            for look in one.looks
        ],
        "history": [
            {
                "at": iso(event.at),
                "from": event.from_state,
                "to": event.to_state,
                "by": event.actor_kind,
                "who": event.actor,
            }
            for event in one.history
        ],
    }


def _problem_json(found: Problem | None) -> dict[str, str] | None:
    return None if found is None else found.to_json()
