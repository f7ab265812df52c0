"""A profile update as it is submitted: texts as typed, before any rule has looked at them.

Plain dataclasses that Pydantic's ``TypeAdapter`` can parse: unknown members are refused, and so is
a text longer than `MAX_TEXT`, whatever policy allows. Dates are texts, Hijri or Gregorian.
`rules.profile_update` judges the content.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Literal

from rules.documents import DocumentKind

#: Characters; far above every limit in policy, so that policy's own refusal is heard first.
MAX_TEXT = 2_000

_CONFIG: Mapping[str, Any] = {"extra": "forbid", "str_max_length": MAX_TEXT}


@dataclass(frozen=True, kw_only=True)
class ProfileChanges:
    """The fields to change; None leaves a field as it is."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _CONFIG

    first_name_ar: str | None = None
    father_name_ar: str | None = None
    grandfather_name_ar: str | None = None
    family_name_ar: str | None = None
    first_name_en: str | None = None
    father_name_en: str | None = None
    grandfather_name_en: str | None = None
    family_name_en: str | None = None
    identity_number: str | None = None
    #: ``national_id``, ``iqama`` or ``gcc_id``
    identity_kind: str | None = None
    #: ISO 3166 alpha-2
    nationality: str | None = None
    birth_date: str | None = None
    mobile: str | None = None
    email: str | None = None
    address: str | None = None
    employer: str | None = None
    specialty: str | None = None
    rank: str | None = None


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A new certificate and the hours it is worth."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _CONFIG

    title: str
    issuer: str
    issued_on: str
    cpd_hours: Decimal
    #: The accredited activity's code, where it has one.
    activity_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class Experience:
    """New professional experience and the hours it is worth."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _CONFIG

    employer: str
    role: str
    started_on: str
    #: None where it goes on.
    ended_on: str | None = None
    cpd_hours: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document's particulars; the file itself is not kept (DOMAIN.md 2, PDPL Art. 28)."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _CONFIG

    kind: DocumentKind
    issuer: str
    issued_on: str
    expires_on: str | None = None
    #: 64 hexadecimal digits.
    sha256: str
    size_bytes: int | None = None
    media_type: str = "application/pdf"


@dataclass(frozen=True, kw_only=True)
class ProfileUpdateSubmission:
    """One practitioner's wish to update their profile."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _CONFIG

    #: As printed on the card with its dash, or typed without it.
    registration_number: str
    changes: ProfileChanges = field(default_factory=ProfileChanges)
    certificates: tuple[Certificate, ...] = ()
    experience: tuple[Experience, ...] = ()
    documents: tuple[Document, ...] = ()
    #: The language of the letters, from now on; None leaves it as it is on file.
    preferred_language: Literal["ar", "en"] | None = None
    #: The applicant has reviewed the changes and says that they are right.
    confirmed_by_applicant: bool
    #: The same key twice is one request.
    idempotency_key: str
