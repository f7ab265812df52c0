"""What an officer read in a document, compared with what its owner states of it.

The two are kept apart: what is stated stays as it was submitted, and where an officer has read the
document, the rules that read its particulars (`rules.requests.documents`) judge what was read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from rules.findings.problems import Problem, Problems, problem
from rules.policy.policy import Policy
from rules.requests.documents import DocumentOnRequest, PlacedDocument
from rules.values.text import clean_required_text, folded


@dataclass(frozen=True, kw_only=True, repr=False)
class DocumentRead:
    """What a document shows, as an officer read it. It is personal data: its `repr` shows none."""

    #: Whether it can be read at all; else the rest is None.
    readable: bool = True
    issuer: str | None = None
    issued_on: date | None = None
    #: None where the document shows no such day.
    expires_on: date | None = None


UNREADABLE = DocumentRead(readable=False)


class Particular(StrEnum):
    """What is stated of a document and can be read in it; the name is the member's."""

    ISSUER = "issuer"
    ISSUED_ON = "issued_on"
    EXPIRES_ON = "expires_on"


def as_stated(stated: DocumentOnRequest) -> DocumentRead:
    """The reading of an officer who finds in the document just what is stated of it."""
    return DocumentRead(
        issuer=stated.issuer, issued_on=stated.issued_on, expires_on=stated.expires_on
    )


def checked_reading(
    reading: DocumentRead, *, today: date, policy: Policy
) -> tuple[DocumentRead, tuple[Problem, ...]]:
    """The reading with its text cleaned, and what is wrong with it.

    What can be read has an issuer and a day of issue, which has come by ``today`` (Riyadh), and no
    expiry before it. Of what cannot be read nothing else is kept.
    """
    if not reading.readable:
        return UNREADABLE, ()
    problems = Problems()
    limit = policy.limits.text_characters
    issuer = problems.read(
        Particular.ISSUER, lambda: clean_required_text(reading.issuer or "", max_length=limit)
    )
    if reading.issued_on is None:
        problems.add("empty", Particular.ISSUED_ON)
    elif reading.issued_on > today:
        problems.add("date_in_future", Particular.ISSUED_ON)
    elif reading.expires_on is not None and reading.expires_on < reading.issued_on:
        problems.add("expires_before_issue", Particular.EXPIRES_ON)
    return replace(reading, issuer=issuer), tuple(problems.found)


def differences(stated: DocumentOnRequest, reading: DocumentRead) -> tuple[Particular, ...]:
    """What was read otherwise than it is stated; nothing, where it could not be read.

    A name is the same whatever its case, vowel signs or spaces.
    """
    if not reading.readable:
        return ()
    differs = {
        Particular.ISSUER: folded(stated.issuer) != folded(reading.issuer or ""),
        Particular.ISSUED_ON: stated.issued_on != reading.issued_on,
        Particular.EXPIRES_ON: stated.expires_on != reading.expires_on,
    }
    return tuple(particular for particular, found in differs.items() if found)


def as_read(
    documents: Iterable[PlacedDocument], readings: Mapping[str, DocumentRead]
) -> list[PlacedDocument]:
    """The documents with what was read in each in the place of what is stated."""
    return [(place, _as_read(document, readings)) for place, document in documents]


def reading_problems(
    documents: Iterable[PlacedDocument], readings: Mapping[str, DocumentRead], policy: Policy
) -> list[Problem]:
    """What stands against an approval in the readings themselves: unreadable, or not read yet."""
    problems = []
    for place, document in documents:
        if document.upload_id is None:
            continue
        reading = readings.get(document.upload_id)
        if reading is None and policy.documents.officer_reads == "required":
            problems.append(problem("document_not_read", f"{place}.id"))
        if reading is not None and not reading.readable:
            problems.append(problem("document_read_as_unreadable", f"{place}.id"))
    return problems


def _as_read(
    document: DocumentOnRequest, readings: Mapping[str, DocumentRead]
) -> DocumentOnRequest:
    reading = readings.get(document.upload_id or "")
    if reading is None or reading.issuer is None or reading.issued_on is None:
        return document
    return replace(
        document,
        issuer=reading.issuer,
        issued_on=reading.issued_on,
        expires_on=reading.expires_on,
    )
