"""Requests and e-mails as the command shows them: codes, counts, states, never personal data.

The keys of the JSON objects are stable: programs read them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cli.show.output import iso, words
from desk.cases.standing import Standing
from desk.mail.listing import LetterState
from desk.requests.timeline import TimelineEntry, show_instant
from rules.findings.problems import Problem

REQUEST_TITLES = ("code", "kind", "status", "reference", "submitted", "status since")
LETTER_TITLES = ("letter", "status", "attempts", "queued", "settled", "next attempt", "why")
#: Characters of a reason in a table.
_MOST_WHY = 90


def request_cells(request: Standing) -> tuple[str, ...]:
    """The request as cells under `REQUEST_TITLES`."""
    return (
        request.tracking_code,
        words(request.kind),
        words(request.status),
        request.reference_number or "",
        show_instant(request.submitted_at),
        show_instant(request.status_since),
    )


def request_json(request: Standing) -> dict[str, Any]:
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


def corrections_json(corrections: Sequence[Problem]) -> list[dict[str, str]]:
    """What the applicant is asked to correct: our own sentences, not what was typed."""
    return [
        {
            "code": found.code,
            "field": str(found.field),
            "sentence_ar": found.sentence.ar,
            "sentence_en": found.sentence.en,
        }
        for found in corrections
    ]


def timeline_json(entries: Sequence[TimelineEntry]) -> list[dict[str, Any]]:
    """The request's history as programs read it."""
    return [
        {
            "at": iso(entry.at),
            "what": entry.event,
            "from": entry.from_status,
            "to": entry.to_status,
            "by": entry.actor_kind,
            "officer": entry.officer,
            "reason": entry.reason_code,
            "round": entry.round,
        }
        for entry in entries
    ]


def timeline_rows(entries: Sequence[TimelineEntry]) -> list[tuple[str, ...]]:
    """The request's history as rows: when, what, by, reason."""
    return [(show_instant(entry.at), entry.what, entry.by, entry.reason) for entry in entries]


def letter_cells(letter: LetterState) -> tuple[str, ...]:
    """The e-mail as cells under `LETTER_TITLES`."""
    return (
        words(letter.letter),
        "came back" if letter.came_back else letter.status,
        str(letter.attempts),
        show_instant(letter.queued_at),
        _shown(letter.settled_at),
        _shown(letter.next_attempt_at),
        letter.not_sent_reason or _cut(letter.reply or ""),
    )


def letter_json(letter: LetterState) -> dict[str, Any]:
    """The e-mail as programs read it; without its address and its facts."""
    return {
        "letter": letter.letter,
        "status": letter.status,
        "came_back": letter.came_back,
        "attempts": letter.attempts,
        "queued_at": iso(letter.queued_at),
        "settled_at": iso(letter.settled_at),
        "next_attempt_at": iso(letter.next_attempt_at),
        "waits_for_us": letter.waits_for_us,
        "not_sent_reason": letter.not_sent_reason,
        "reply_codes": letter.reply_codes,
        "reply": letter.reply,
    }


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_WHY else f"{text[:_MOST_WHY]}…"


def _shown(instant: datetime | None) -> str:
    return show_instant(instant) if instant else ""
