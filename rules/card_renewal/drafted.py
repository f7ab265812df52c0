"""A renewal that is being written: what was typed of each document, and the submission it makes.

A part is one document; its name is the document's kind. A request that was handed in elsewhere may
have several of a kind: where it is corrected, the second one's part is ``employer_letter-2``.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rules.findings.problems import Problem
from rules.requests.documents import STATED
from rules.values.document_kind import DocumentKind
from rules.values.typed_days import BOXES, boxes_of, day_in, in_boxes

#: What stands in the boxes of one page, by the box's name.
Typed = Mapping[str, str]
#: What was typed, by part.
Content = Mapping[str, Typed]

DATES = ("issued_on", "expires_on")
#: Of a document's page.
PARTICULARS = ("issuer", *(f"{name}-{box}" for name in DATES for box in BOXES))
#: The uploaded file; no page asks for its number.
FILE = "id"
#: The language of e-mails, where a submission to correct has it; no page asks for it.
_LANGUAGE = "preferred_language"
_PART = re.compile(rf"({'|'.join(DocumentKind)})(?:-[1-9][0-9]{{0,3}})?", re.ASCII)
_PLACE = re.compile(r"documents[.\[]([0-9]{1,4})\]?(?:\.([a-z_0-9]+))?", re.ASCII)
_MISSING = "_missing"
_KINDS = frozenset(DocumentKind)


@dataclass(frozen=True)
class DraftedRenewal:
    """A submission as JSON, and which part each of its documents is."""

    document: dict[str, Any]
    parts: tuple[str, ...]

    def place_of(self, found: Problem) -> tuple[str, str] | None:
        """The part that the problem speaks of, and the box or ""; None for the whole."""
        place = place_in(found.field, self.parts)
        kind = found.code.removesuffix(_MISSING)
        if place is None and found.field == "documents" and kind in _KINDS:
            return kind, ""
        return place


def place_in(field: str, parts: Collection[str]) -> tuple[str, str] | None:
    """The part and the box or "" that a problem's field names, in a submission of these parts."""
    placed = _PLACE.fullmatch(field)
    if placed is None or int(placed[1]) >= len(parts):
        return None
    return tuple(parts)[int(placed[1])], placed[2] or ""


def kind_of_part(part: str) -> DocumentKind | None:
    """What the document is; None for what is no part."""
    found = _PART.fullmatch(part)
    return DocumentKind(found[1]) if found else None


def submitted_parts(submission: Mapping[str, Any]) -> tuple[str, ...]:
    """The parts that this submission's documents are, in its order."""
    seen: Counter[str] = Counter()
    parts = []
    for one in submission["documents"]:
        kind = one["kind"]
        seen[kind] += 1
        parts.append(kind if seen[kind] == 1 else f"{kind}-{seen[kind]}")
    return tuple(parts)


def parts_of(
    content: Content, asked: Iterable[DocumentKind], submitted: Collection[str] = ()
) -> tuple[str, ...]:
    """The parts of a renewal: what was submitted and is there, then what is asked for besides.

    Without a submission to correct, what is not asked for any more is left out.
    """
    there = [part for part in submitted if part in content]
    kinds = {kind_of_part(part) for part in there}
    return (*there, *(kind for kind in asked if kind not in kinds))


def text_of(typed: Typed, name: str) -> str:
    """What was typed for this field, as one text."""
    if name not in DATES:
        return typed.get(name, "")
    return day_in(typed, name).text


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
            "documents": [_document(part, content[part]) for part in written],
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


def as_typed(document: Mapping[str, Any]) -> dict[str, str]:
    """The boxes that hold the particulars of this document, and its file."""
    boxes = {"issuer": str(document["issuer"])}
    for name in DATES:
        boxes |= in_boxes(name, boxes_of(str(document[name] or "")))
    known = {name: document[name] for name in (FILE, *STATED)}
    return boxes | {name: str(value) for name, value in known.items() if value is not None}


def _document(part: str, typed: Typed) -> dict[str, str]:
    found = {
        "kind": str(kind_of_part(part)),
        "issuer": text_of(typed, "issuer"),
        "issued_on": text_of(typed, "issued_on"),
    }
    optional = {name: text_of(typed, name) for name in ("expires_on", FILE, *STATED)}
    return found | {name: text for name, text in optional.items() if text.strip()}
