"""Documents that are being written, each a part of a draft: its particulars, and its file.

A part's name is the document's kind. A request that was handed in elsewhere may have several of a
kind: where it is corrected, the second one's part is ``employer_letter-2``.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping
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
_PART = re.compile(rf"({'|'.join(DocumentKind)})(?:-[1-9][0-9]{{0,3}})?", re.ASCII)
_PLACE = re.compile(r"documents[.\[]([0-9]{1,4})\]?(?:\.([a-z_0-9]+))?", re.ASCII)
_MISSING = "_missing"
_KINDS = frozenset(DocumentKind)


def place_of_document(found: Problem, parts: Collection[str]) -> tuple[str, str] | None:
    """The part of which this problem speaks and the box or "", missing ones too; None for none."""
    place = place_in(found.field, parts)
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


def text_of(typed: Typed, name: str) -> str:
    """What was typed for this field, as one text."""
    if name not in DATES:
        return typed.get(name, "")
    return day_in(typed, name).text


def as_typed(document: Mapping[str, Any]) -> dict[str, str]:
    """The boxes that hold the particulars of this document, and its file."""
    boxes = {"issuer": str(document["issuer"])}
    for name in DATES:
        boxes |= in_boxes(name, boxes_of(str(document[name] or "")))
    known = {name: document[name] for name in (FILE, *STATED)}
    return boxes | {name: str(value) for name, value in known.items() if value is not None}


def document_of(part: str, typed: Typed) -> dict[str, str]:
    """The document that these boxes make; whether it is right, its own rules say."""
    found = {
        "kind": str(kind_of_part(part)),
        "issuer": text_of(typed, "issuer"),
        "issued_on": text_of(typed, "issued_on"),
    }
    optional = {name: text_of(typed, name) for name in ("expires_on", FILE, *STATED)}
    return found | {name: text for name, text in optional.items() if text.strip()}
