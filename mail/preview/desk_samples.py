"""Invented facts of the review desk's e-mails to its officers."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from mail.facts.desk_letters import CaseAssigned, CaseEscalated, CaseLate, DeskDigest
from mail.facts.letter import LetterFacts
from mail.wording.languages import Language


def desk_samples(language: Language, *, due_at: datetime) -> Iterator[tuple[str, LetterFacts]]:
    """Every e-mail to an officer."""
    nameless: dict[str, Any] = {
        "applicant_name_ar": "",
        "applicant_name_en": "",
        "language": language,
    }
    case = {**nameless, "tracking_code": "MQ7K-29TX", "due_on": due_at.date()}
    yield "case-assigned", CaseAssigned(**case, kept_until=due_at)
    yield "case-late", CaseLate(**case)
    yield "case-escalated", CaseEscalated(**case)
    for name, to_take in (("desk-digest", "14"), ("desk-digest-of-many", "1,000+")):
        yield (
            name,
            DeskDigest(
                **nameless,
                as_of=due_at,
                mine="2",
                to_take=to_take,
                second_officer="0",
                late="3",
                due_today="5",
            ),
        )
