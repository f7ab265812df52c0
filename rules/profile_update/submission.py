"""A profile update as it is submitted: texts as typed, before any rule has looked at them.

In the style of `rules.requests.submitted`; `rules.profile_update.validation` judges the content.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from rules.requests.submitted import AS_TYPED, Certificate, Document, Experience


@dataclass(frozen=True, kw_only=True)
class ProfileChanges:
    """The fields to change; None leaves a field as it is."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = AS_TYPED

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
class ProfileUpdateSubmission:
    """One practitioner's wish to update their profile."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = AS_TYPED

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
