"""A renewal that is being written: what was typed of each document, and the submission it makes.

A part is one document that the renewal asks for; its name is the document's kind.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rules.findings.problems import Problem
from rules.values.document_kind import DocumentKind
from rules.values.typed_days import BOXES, TypedDay

#: What stands in the boxes of one page, by the box's name.
Typed = Mapping[str, str]
#: What was typed, by part.
Content = Mapping[str, Typed]

DATES = ("issued_on", "expires_on")
#: Of a document's page.
PARTICULARS = ("issuer", *(f"{name}-{box}" for name in DATES for box in BOXES))
#: The uploaded file; no page asks for its number.
FILE = "id"
_PLACE = re.compile(r"documents[.\[]([0-9]{1,4})\]?(?:\.([a-z_0-9]+))?", re.ASCII)
_MISSING = "_missing"
_KINDS = frozenset(DocumentKind)


@dataclass(frozen=True)
class DraftedRenewal:
    """A submission as JSON, and which part each of its documents is."""

    document: dict[str, Any]
    parts: tuple[DocumentKind, ...]

    def place_of(self, found: Problem) -> tuple[DocumentKind, str] | None:
        """The part that the problem speaks of, and the box or ""; None for the whole."""
        placed = _PLACE.fullmatch(found.field)
        if placed and int(placed[1]) < len(self.parts):
            return self.parts[int(placed[1])], placed[2] or ""
        kind = found.code.removesuffix(_MISSING)
        if found.field == "documents" and kind in _KINDS:
            return DocumentKind(kind), ""
        return None


def text_of(typed: Typed, name: str) -> str:
    """What was typed for this field, as one text."""
    if name not in DATES:
        return typed.get(name, "")
    return TypedDay(**{box: typed.get(f"{name}-{box}", "") for box in BOXES}).text


def renewal_of(
    content: Content,
    asked: Iterable[DocumentKind],
    *,
    registration_number: str,
    confirmed: bool,
    idempotency_key: str,
) -> DraftedRenewal:
    """The renewal that this content makes; what is not ``asked`` for any more is left out.

    Whether it is right, its own rules say.
    """
    parts = tuple(kind for kind in asked if kind in content)
    return DraftedRenewal(
        {
            "registration_number": registration_number,
            "documents": [_document(kind, content[kind]) for kind in parts],
            "confirmed_by_applicant": confirmed,
            "idempotency_key": idempotency_key,
        },
        parts,
    )


def _document(kind: DocumentKind, typed: Typed) -> dict[str, str]:
    found = {
        "kind": kind.value,
        "issuer": text_of(typed, "issuer"),
        "issued_on": text_of(typed, "issued_on"),
    }
    optional = {name: text_of(typed, name) for name in ("expires_on", FILE)}
    return found | {name: text for name, text in optional.items() if text.strip()}
