"""A renewal that is being written: what was typed of each document, and the submission it makes.

A part is one document (`rules.requests.drafted_documents`).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rules.findings.problems import Problem
from rules.requests.drafted_documents import (
    Content,
    as_typed,
    document_of,
    kind_of_part,
    place_of_document,
    submitted_parts,
)
from rules.values.document_kind import DocumentKind

#: The language of e-mails, where a submission to correct has it; no page asks for it.
_LANGUAGE = "preferred_language"


@dataclass(frozen=True)
class DraftedRenewal:
    """A submission as JSON, and which part each of its documents is."""

    document: dict[str, Any]
    parts: tuple[str, ...]

    def place_of(self, found: Problem) -> tuple[str, str] | None:
        """The part that the problem speaks of, and the box or ""; None for the whole."""
        return place_of_document(found, self.parts)


def parts_of(
    content: Content, asked: Iterable[DocumentKind], submitted: Collection[str] = ()
) -> tuple[str, ...]:
    """The parts of a renewal: what was submitted and is there, then what is asked for besides.

    Without a submission to correct, what is not asked for any more is left out.
    """
    there = [part for part in submitted if part in content]
    kinds = {kind_of_part(part) for part in there}
    return (*there, *(kind for kind in asked if kind not in kinds))


def renewal_of(
    content: Content,
    parts: Iterable[str],
    *,
    registration_number: str,
    confirmed: bool,
    idempotency_key: str,
) -> DraftedRenewal:
    """The renewal that these parts of the content make. Whether it is right, its own rules say."""
    written = tuple(part for part in parts if part in content)
    return DraftedRenewal(
        {
            "registration_number": registration_number,
            "documents": [document_of(part, content[part]) for part in written],
            "preferred_language": content.get(_LANGUAGE, {}).get(_LANGUAGE),
            "confirmed_by_applicant": confirmed,
            "idempotency_key": idempotency_key,
        },
        written,
    )


def content_of(submission: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The content that makes this submission: what a correction begins with."""
    content: dict[str, dict[str, str]] = {}
    if submission["preferred_language"]:
        content[_LANGUAGE] = {_LANGUAGE: submission["preferred_language"]}
    pairs = zip(submitted_parts(submission), submission["documents"], strict=True)
    return content | {part: as_typed(one) for part, one in pairs}
