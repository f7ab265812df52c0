"""Rows as the command shows them: codes, counts, states and instants, never personal data.

The keys of the JSON objects are stable: programs read them.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cli.output import iso, words
from desk.timeline import show_instant, timeline
from models.letters import Letter
from models.requests import Request, RequestEvent

REQUEST_TITLES = ("code", "kind", "status", "reference", "submitted", "status since")
LETTER_TITLES = ("letter", "status", "attempts", "queued", "settled", "next attempt", "why")
#: A mail server's words may repeat the address; its codes do not.
_REPLY_CODES = re.compile(r"[245]\d\d(?:[ -][245]\.\d{1,3}\.\d{1,3})?")


def request_cells(request: Request) -> tuple[str, ...]:
    """The request as cells under `REQUEST_TITLES`."""
    return (
        request.tracking_code,
        words(request.kind),
        words(request.status),
        request.reference_number or "",
        show_instant(request.submitted_at),
        show_instant(request.status_since),
    )


def request_json(request: Request) -> dict[str, Any]:
    """The request as programs read it."""
    return {
        "tracking_code": request.tracking_code,
        "kind": request.kind,
        "status": request.status,
        "status_since": iso(request.status_since),
        "reference_number": request.reference_number,
        "submitted_at": iso(request.submitted_at),
        "round": request.round,
        "closes_at": iso(request.closes_at),
    }


def corrections_json(request: Request) -> list[dict[str, str]]:
    """What the applicant is asked to correct: our own sentences, not what was typed."""
    keys = ("code", "field", "sentence_ar", "sentence_en")
    return [{key: str(found[key]) for key in keys} for found in request.corrections]


def timeline_json(events: Sequence[RequestEvent]) -> list[dict[str, Any]]:
    """The request's history as programs read it."""
    return [
        {
            "at": iso(event.at),
            "what": event.what,
            "from": event.from_status,
            "to": event.to_status,
            "by": event.actor_kind,
            "officer": event.actor,
            "reason": event.reason_code,
            "round": event.round,
        }
        for event in events
    ]


def timeline_rows(events: Sequence[RequestEvent]) -> list[tuple[str, ...]]:
    """The request's history as rows: when, what, by, reason."""
    return [
        (show_instant(entry.at), entry.what, entry.by, entry.reason) for entry in timeline(events)
    ]


def letter_cells(letter: Letter) -> tuple[str, ...]:
    """The letter as cells under `LETTER_TITLES`."""
    return (
        words(letter.letter),
        letter.status,
        str(letter.attempts),
        show_instant(letter.created_at),
        _shown(letter.settled_at),
        _shown(_next_attempt(letter)),
        letter.not_sent_reason or reply_codes(letter.server_reply) or "",
    )


def letter_json(letter: Letter) -> dict[str, Any]:
    """The letter as programs read it; without its address and its facts."""
    return {
        "letter": letter.letter,
        "status": letter.status,
        "attempts": letter.attempts,
        "queued_at": iso(letter.created_at),
        "settled_at": iso(letter.settled_at),
        "next_attempt_at": iso(_next_attempt(letter)),
        "not_sent_reason": letter.not_sent_reason,
        "reply_codes": reply_codes(letter.server_reply),
    }


def reply_codes(reply: str | None) -> str | None:
    """The codes at the head of a mail server's reply, such as ``550 5.1.1``."""
    found = _REPLY_CODES.match(reply or "")
    return found[0] if found else None


def _next_attempt(letter: Letter) -> datetime | None:
    return letter.next_attempt_at if letter.status == "queued" else None


def _shown(instant: datetime | None) -> str:
    return show_instant(instant) if instant else ""
