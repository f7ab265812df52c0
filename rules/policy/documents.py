"""What policy decides about documents: which are asked for, taken, and how long they are kept.

The schema of the table ``[documents]``; sources stand in ``policy.toml``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rules.policy.reader import PolicyReader
from rules.register.fields import Group
from rules.values.document_kind import DocumentKind

_AT_LEAST_ONE = {"minimum": 1}
#: A hundred years: an instant so much later can still be written.
_DAYS = {"minimum": 1, "maximum": 36_500}


@dataclass(frozen=True, kw_only=True)
class KindRetention:
    """How long the file of one kind is kept."""

    #: ``keep``: so many days after the request has ended. ``look_and_destroy``: until its request
    #: is decided. ``never_accept``: no file is taken; particulars are stated, and that is all.
    rule: Literal["keep", "look_and_destroy", "never_accept"]
    #: Calendar days; there exactly with ``keep``.
    days: int | None = field(metadata=_DAYS)


@dataclass(frozen=True, kw_only=True)
class DocumentPolicy:
    """Which documents are asked for, which files are taken, and how long they are kept."""

    #: Calendar months, clamped to the month's end.
    employer_letter_max_age_months: int = field(metadata=_AT_LEAST_ONE)
    employer_letter_for: tuple[Group, ...]
    residence_card_for: tuple[Group, ...]
    #: What a citizen of a Gulf state shows instead of a residence card.
    gulf_citizens_show: Literal["identity", "residence_card", "nothing"]
    #: Full Gregorian years; required for who is older.
    medical_report_above_age_years: int
    medical_report_for: tuple[Group, ...]
    #: Whether the report must come from an institution other than the practitioner's employer.
    medical_report_from_another_institution: bool
    #: What a file may be, by its content.
    media_types: tuple[str, ...]
    #: Whether a document comes with its file; else its particulars and its digest are enough.
    files: Literal["required", "optional"]
    #: Whether a file is taken that nobody scanned as no scanner is configured. Where one is, a file
    #: waits until it has answered, whatever stands here.
    unscanned: Literal["accept", "refuse"]
    #: Whether an approval needs that an officer has noted what each uploaded document shows.
    officer_reads: Literal["required", "optional"]
    pages: int = field(metadata=_AT_LEAST_ONE)
    #: Of one person.
    uploads_a_day: int = field(metadata=_AT_LEAST_ONE)
    #: Calendar days that a file is kept which no request names.
    unused_days: int = field(metadata=_DAYS)
    kinds: Mapping[DocumentKind, KindRetention]


def check_documents_agreement(documents: DocumentPolicy, reader: PolicyReader) -> None:
    """Note keys that contradict each other."""
    for kind, retention in documents.kinds.items():
        if (retention.rule == "keep") != (retention.days is not None):
            reader.refuse(
                f"documents.kinds.{kind}.days", 'is required with "keep" and not allowed without it'
            )
