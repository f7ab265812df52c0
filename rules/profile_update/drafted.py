"""A profile update that is being written: what was typed part by part, and the submission it makes.

A part is what one page of a form asks for: a group of fields, one certificate, one experience, one
document. What equals what is on file is not kept, so that what changes there meanwhile stays.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rules.findings.problems import ValueRefused
from rules.register.fields import ARABIC_NAMES, ENGLISH_NAMES, Field
from rules.register.profile import ProfileOnFile
from rules.requests.documents import STATED
from rules.values.cpd_hours import read_hours
from rules.values.typed_days import BOXES, as_boxes, boxes_of, day_in, in_boxes

#: What stands in the boxes of one page, by the box's name; a date has one for each of `BOXES`.
Typed = Mapping[str, str]
#: What was typed, by part.
Content = Mapping[str, Typed]

#: The language of e-mails, where a submission to correct has it: no page asks for it, as it is not
#: reviewed and changes nothing by itself.
_LANGUAGE = "preferred_language"


class Section(StrEnum):
    """A group of fields that is edited on one page."""

    CONTACT = "contact"
    NAMES = "names"
    IDENTITY = "identity"
    EMPLOYER = "employer"
    PROFESSIONAL = "professional"


class Entry(StrEnum):
    """What a request adds, each on a page of its own: its part is ``certificate-1``."""

    CERTIFICATE = "certificate"
    EXPERIENCE = "experience"
    DOCUMENT = "document"

    @property
    def member(self) -> str:
        """The member of the submission that lists these."""
        return "experience" if self is Entry.EXPERIENCE else f"{self.value}s"


FIELDS: Mapping[Section, tuple[str, ...]] = {
    Section.CONTACT: (Field.MOBILE, Field.EMAIL, Field.ADDRESS),
    Section.NAMES: (*ARABIC_NAMES, *ENGLISH_NAMES),
    Section.IDENTITY: (
        Field.IDENTITY_NUMBER,
        Field.IDENTITY_KIND,
        Field.NATIONALITY,
        Field.BIRTH_DATE,
    ),
    Section.EMPLOYER: (Field.EMPLOYER,),
    Section.PROFESSIONAL: (Field.SPECIALTY, Field.RANK),
}
ENTRY_FIELDS: Mapping[Entry, tuple[str, ...]] = {
    Entry.CERTIFICATE: ("title", "issuer", "issued_on", "cpd_hours", "activity_code"),
    Entry.EXPERIENCE: ("employer", "role", "started_on", "ended_on", "cpd_hours"),
    Entry.DOCUMENT: ("kind", "issuer", "issued_on", "expires_on", "id", *STATED),
}
DATES = frozenset({"birth_date", "issued_on", "started_on", "ended_on", "expires_on"})
#: More than policy can allow: whether there are too many, policy says.
_ANY_HOURS = 999_999
#: Left empty, they are left out.
_OPTIONAL = frozenset({"activity_code", "ended_on", "expires_on", "id", *STATED})
_PART_OF = {name: part for part, names in FIELDS.items() for name in names}
_ENTRY_PART = re.compile(r"(certificate|experience|document)-([0-9]{1,4})", re.ASCII)
_FIELD_PATH = re.compile(r"(?:changes\.)?([a-z_]+)")
_ENTRY_PATH = re.compile(r"(certificates|experience|documents)[.\[]([0-9]+)\]?(?:\.([a-z_0-9]+))?")


@dataclass(frozen=True)
class Drafted:
    """A submission as JSON, and which part each of its entries is."""

    document: dict[str, Any]
    #: By the member's name, in the submission's order.
    entries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def place_of(self, path: str) -> tuple[str, str] | None:
        """The part and the box that a problem's ``field`` speaks of; None for the whole."""
        if found := _ENTRY_PATH.fullmatch(path):
            parts = self.entries[found[1]]
            index = int(found[2])
            return (parts[index], found[3] or "") if index < len(parts) else None
        if (found := _FIELD_PATH.fullmatch(path)) and found[1] in _PART_OF:
            return _PART_OF[found[1]], found[1]
        return None


def entry_of(part: str) -> Entry | None:
    """What the part adds; None for a group of fields and for what is no part."""
    found = _ENTRY_PART.fullmatch(part)
    return Entry(found[1]) if found else None


def parts_of(content: Content, entry: Entry) -> tuple[str, ...]:
    """The parts that add such entries, in the order in which they were begun."""
    return tuple(sorted((part for part in content if entry_of(part) is entry), key=number_of))


def number_of(part: str) -> int:
    """The number of an entry's part."""
    return int(part.rpartition("-")[2])


def next_part(content: Content, entry: Entry) -> str:
    """The name of a part for one more of these."""
    return f"{entry}-{max(map(number_of, parts_of(content, entry)), default=0) + 1}"


def names_of(part: str) -> tuple[str, ...]:
    """The names of the fields that the part asks for."""
    entry = entry_of(part)
    return FIELDS[Section(part)] if entry is None else ENTRY_FIELDS[entry]


def text_of(typed: Typed, name: str) -> str:
    """What was typed for this field, as one text."""
    if name not in DATES:
        return typed.get(name, "")
    return day_in(typed, name).text


def on_file_as_typed(part: str, on_file: ProfileOnFile) -> dict[str, str]:
    """What the page's boxes hold before anybody types; nothing in those of an entry."""
    if entry_of(part) is not None:
        return {}
    boxes: dict[str, str] = {}
    for name in FIELDS[Section(part)]:
        if name in DATES:
            boxes |= in_boxes(name, as_boxes(on_file.birth_date))
        else:
            boxes[name] = on_file.value(Field(name))
    return boxes


def kept(part: str, typed: Typed, on_file: Typed) -> dict[str, str]:
    """Of what was typed, what is kept: the boxes of fields that differ from what is on file."""
    found: dict[str, str] = {}
    for name in names_of(part):
        boxes = _boxes(name)
        if any(typed.get(box, "") != on_file.get(box, "") for box in boxes):
            found |= {box: typed.get(box, "") for box in boxes}
    return found


def submission_of(
    content: Content, *, registration_number: str, confirmed: bool, idempotency_key: str
) -> Drafted:
    """The submission that this content makes; whether it is right, its own rules say."""
    entries = {entry.member: parts_of(content, entry) for entry in Entry}
    changes = {
        name: text_of(typed, name)
        for part in Section
        for typed in [content.get(part, {})]
        for name in FIELDS[part]
        if any(box in typed for box in _boxes(name))
    }
    document = {
        "registration_number": registration_number,
        "changes": changes,
        "preferred_language": content.get(_LANGUAGE, {}).get(_LANGUAGE),
        "confirmed_by_applicant": confirmed,
        "idempotency_key": idempotency_key,
        **{
            member: [_entry(part, content[part]) for part in parts]
            for member, parts in entries.items()
        },
    }
    return Drafted(document, entries)


def content_of(submission: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The content that makes this submission: what a correction begins with."""
    content: dict[str, dict[str, str]] = {}
    for name, value in submission["changes"].items():
        if value is not None:
            content.setdefault(_PART_OF[name], {}).update(_as_boxes(name, value))
    if submission["preferred_language"]:
        content[_LANGUAGE] = {_LANGUAGE: submission["preferred_language"]}
    for entry in Entry:
        for number, one in enumerate(submission[entry.member], 1):
            boxes: dict[str, str] = {}
            for name in ENTRY_FIELDS[entry]:
                boxes |= _as_boxes(name, one[name] or "")
            content[f"{entry}-{number}"] = boxes
    return content


def _entry(part: str, typed: Typed) -> dict[str, str]:
    texts = {name: text_of(typed, name) for name in names_of(part)}
    if "cpd_hours" in texts:
        texts["cpd_hours"] = _hours(part, texts["cpd_hours"])
    return {name: text for name, text in texts.items() if text.strip() or name not in _OPTIONAL}


def _hours(part: str, text: str) -> str:
    """The hours as typed, none for an experience without any, and below 0 for what is no number.

    A submission takes nothing but a number, and one below 0 is refused with the same sentence.
    """
    if entry_of(part) is Entry.EXPERIENCE and not text.strip():
        return "0"
    try:
        read_hours(text, most=_ANY_HOURS)
    except ValueRefused:
        return "-1"
    return text


def _boxes(name: str) -> tuple[str, ...]:
    return tuple(f"{name}-{box}" for box in BOXES) if name in DATES else (name,)


def _as_boxes(name: str, value: Any) -> dict[str, str]:
    return in_boxes(name, boxes_of(str(value))) if name in DATES else {name: str(value)}
