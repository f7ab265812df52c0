"""A registration that is being written: what was typed part by part, and the submission it makes.

A part is what one page asks for: a group of fields, one certificate, or one document
(`rules.requests.drafted_documents`). Nothing is on file, so all of it is kept as it was typed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rules.findings.problems import Problem, ValueRefused
from rules.register.fields import ARABIC_NAMES, ENGLISH_NAMES, Field
from rules.requests.drafted_documents import (
    PARTICULARS,
    Content,
    Typed,
    as_typed,
    document_of,
    kind_of_part,
    place_of_document,
    submitted_parts,
)
from rules.values.cpd_hours import read_hours
from rules.values.typed_days import BOXES, boxes_of, day_in, in_boxes


class Chapter(StrEnum):
    """A group of fields that is written on one page, in the order in which they are asked for."""

    PERSON = "person"
    # The names of documents are parts too: no group has one of them.
    IDENTITY = "identity_details"
    CONTACT = "contact"
    QUALIFICATION = "degree"
    PROFESSIONAL = "professional"
    EMPLOYER = "employer"


CATEGORY = "category"
FIELDS: Mapping[Chapter, tuple[str, ...]] = {
    Chapter.PERSON: (*ARABIC_NAMES, *ENGLISH_NAMES, Field.BIRTH_DATE),
    Chapter.IDENTITY: (Field.IDENTITY_NUMBER, Field.IDENTITY_KIND, Field.NATIONALITY),
    # The e-mail address is the one by which somebody came in.
    Chapter.CONTACT: (Field.MOBILE, Field.ADDRESS),
    Chapter.QUALIFICATION: ("title", "issuer", "issued_on"),
    Chapter.PROFESSIONAL: (CATEGORY, Field.SPECIALTY, Field.RANK),
    Chapter.EMPLOYER: (Field.EMPLOYER,),
}
CERTIFICATE_FIELDS = ("title", "issuer", "issued_on", "cpd_hours", "activity_code")
_DATES = frozenset({"birth_date", "issued_on"})
_PART_OF = {
    name: section
    for section, names in FIELDS.items()
    for name in names
    if section is not Chapter.QUALIFICATION
} | {Field.EMAIL: Chapter.CONTACT}
#: More than policy can allow: whether there are too many, policy says.
_ANY_HOURS = 999_999
_CERTIFICATE = re.compile(r"certificate-([1-9][0-9]{0,3})", re.ASCII)
_OF_CERTIFICATE = re.compile(r"certificates[.\[]([0-9]{1,4})\]?(?:\.([a-z_]+))?", re.ASCII)
_OF_PROFILE = re.compile(r"(?:profile\.)?([a-z_]+)", re.ASCII)
_OF_QUALIFICATION = re.compile(r"qualification(?:\.([a-z_]+))?", re.ASCII)


@dataclass(frozen=True, repr=False)
class DraftedRegistration:
    """A submission as JSON, and which part each of its entries is."""

    document: dict[str, Any]
    certificates: tuple[str, ...]
    documents: tuple[str, ...]

    def place_of(self, found: Problem) -> tuple[str, str] | None:
        """The part that the problem speaks of, and the box or ""; None for the whole."""
        if placed := _OF_CERTIFICATE.fullmatch(found.field):
            index = int(placed[1])
            known = index < len(self.certificates)
            return (self.certificates[index], placed[2] or "") if known else None
        if placed := _OF_QUALIFICATION.fullmatch(found.field):
            return Chapter.QUALIFICATION, placed[1] or ""
        if (placed := _OF_PROFILE.fullmatch(found.field)) and placed[1] in _PART_OF:
            return _PART_OF[placed[1]], placed[1]
        return place_of_document(found, self.documents)


def is_certificate(part: str) -> bool:
    """Whether the part is one certificate."""
    return _CERTIFICATE.fullmatch(part) is not None


def certificates_in(content: Content) -> tuple[str, ...]:
    """The parts that are certificates, in the order in which they were begun."""
    return tuple(sorted(filter(is_certificate, content), key=_number_of))


def next_certificate(content: Content) -> str:
    """The name of a part for one more of them."""
    return f"certificate-{max(map(_number_of, certificates_in(content)), default=0) + 1}"


def documents_in(content: Content) -> tuple[str, ...]:
    """The parts that are documents, in an order that is always the same."""
    return tuple(sorted(part for part in content if kind_of_part(part)))


def names_of(part: str) -> tuple[str, ...]:
    """The names of the fields of a group, or of a certificate."""
    return CERTIFICATE_FIELDS if is_certificate(part) else FIELDS[Chapter(part)]


def boxes_in(part: str) -> tuple[str, ...]:
    """The boxes of the part's page, whatever it asks for."""
    if kind_of_part(part):
        return PARTICULARS
    return tuple(box for name in names_of(part) for box in _boxes(name))


def text_in(typed: Typed, name: str) -> str:
    """What was typed for this field of a group or a certificate, as one text."""
    return day_in(typed, name).text if name in _DATES else typed.get(name, "")


def registration_of(
    content: Content, *, email: str, language: str, confirmed: bool, idempotency_key: str
) -> DraftedRegistration:
    """The registration that this content makes. Whether it is right, its own rules say."""
    certificates, documents = certificates_in(content), documents_in(content)
    said = {
        section: {name: text_in(content.get(section, {}), name) for name in FIELDS[section]}
        for section in Chapter
    }
    professional = said.pop(Chapter.PROFESSIONAL)
    category = professional.pop(CATEGORY)
    qualification = said.pop(Chapter.QUALIFICATION)
    profile = {name: text for texts in said.values() for name, text in texts.items()}
    return DraftedRegistration(
        {
            "profile": profile | professional | {Field.EMAIL.value: email},
            "category": category,
            "qualification": qualification,
            "certificates": [_certificate(content[part]) for part in certificates],
            "documents": [document_of(part, content[part]) for part in documents],
            "preferred_language": language,
            "confirmed_by_applicant": confirmed,
            "idempotency_key": idempotency_key,
        },
        certificates,
        documents,
    )


def content_of(submission: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The content that makes this submission: what a correction begins with."""
    said = {
        **submission["profile"],
        CATEGORY: submission["category"],
    }
    content: dict[str, dict[str, str]] = {}
    for section in Chapter:
        values = submission["qualification"] if section is Chapter.QUALIFICATION else said
        content[section] = _in_boxes(FIELDS[section], values)
    for number, one in enumerate(submission["certificates"], 1):
        content[f"certificate-{number}"] = _in_boxes(CERTIFICATE_FIELDS, one)
    pairs = zip(submitted_parts(submission), submission["documents"], strict=True)
    return content | {part: as_typed(one) for part, one in pairs}


def drafted_parts(submission: Mapping[str, Any]) -> DraftedRegistration:
    """The submission with the names of its parts, as `content_of` gives them."""
    certificates = range(1, len(submission["certificates"]) + 1)
    return DraftedRegistration(
        {}, tuple(f"certificate-{number}" for number in certificates), submitted_parts(submission)
    )


def _number_of(part: str) -> int:
    return int(part.rpartition("-")[2])


def _certificate(typed: Typed) -> dict[str, str]:
    texts = {name: text_in(typed, name) for name in CERTIFICATE_FIELDS}
    try:
        read_hours(texts["cpd_hours"], most=_ANY_HOURS)
    except ValueRefused:
        # A submission takes nothing but a number, and one below 0 is refused as what is none.
        texts["cpd_hours"] = "-1"
    return {name: text for name, text in texts.items() if text.strip() or name != "activity_code"}


def _boxes(name: str) -> tuple[str, ...]:
    return tuple(f"{name}-{box}" for box in BOXES) if name in _DATES else (name,)


def _in_boxes(names: tuple[str, ...], values: Mapping[str, Any]) -> dict[str, str]:
    boxes: dict[str, str] = {}
    for name in names:
        text = "" if values[name] is None else str(values[name])
        boxes |= in_boxes(name, boxes_of(text)) if name in _DATES else {name: text}
    return boxes
