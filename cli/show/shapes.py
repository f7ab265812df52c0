"""Rows as the command shows them: codes, counts, states and instants, never personal data.

The keys of the JSON objects are stable: programs read them.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cli.show.output import iso, words
from desk.requests.timeline import show_instant, timeline
from mail.delivering.outcomes import without_addresses
from models.letters import Letter
from models.reminders.reminders import Reminder
from models.requests import Request, RequestEvent

REQUEST_TITLES = ("code", "kind", "status", "reference", "submitted", "status since")
LETTER_TITLES = ("letter", "status", "attempts", "queued", "settled", "next attempt", "why")
#: Characters of a reason in a table.
_MOST_WHY = 90
_CAME_BACK = "came back"
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


def letter_cells(letter: Letter | Reminder) -> tuple[str, ...]:
    """The e-mail as cells under `LETTER_TITLES`."""
    return (
        words(letter.letter or ""),
        _status(letter),
        str(letter.attempts),
        show_instant(letter.created_at),
        _shown(letter.settled_at),
        _shown(_next_attempt(letter)),
        _why_not(letter) or _cut(reply_words(letter.server_reply) or ""),
    )


def letter_json(letter: Letter | Reminder) -> dict[str, Any]:
    """The e-mail as programs read it; without its address and its facts."""
    return {
        "letter": letter.letter,
        "status": letter.status,
        "came_back": _status(letter) == _CAME_BACK,
        "attempts": letter.attempts,
        "queued_at": iso(letter.created_at),
        "settled_at": iso(letter.settled_at),
        "next_attempt_at": iso(_next_attempt(letter)),
        "waits_for_us": letter.waits_for_us,
        "not_sent_reason": _why_not(letter),
        "reply_codes": reply_codes(letter.server_reply),
        "reply": reply_words(letter.server_reply),
    }


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_WHY else f"{text[:_MOST_WHY]}…"


def _status(letter: Letter | Reminder) -> str:
    came_back = isinstance(letter, Letter) and letter.came_back_at is not None
    return _CAME_BACK if came_back else letter.status


def _why_not(letter: Letter | Reminder) -> str | None:
    if isinstance(letter, Letter):
        return letter.not_sent_reason
    return letter.reason if letter.server_reply is None else None


def reply_words(reply: str | None) -> str | None:
    """What the mail server said, or what was wrong with the way there; without addresses."""
    return without_addresses(reply, "") if reply else None


def reply_codes(reply: str | None) -> str | None:
    """The codes at the head of a mail server's reply, such as ``550 5.1.1``."""
    found = _REPLY_CODES.match(reply or "")
    return found[0] if found else None


def _next_attempt(letter: Letter | Reminder) -> datetime | None:
    return letter.next_attempt_at if letter.status == "queued" else None


def _shown(instant: datetime | None) -> str:
    return show_instant(instant) if instant else ""
