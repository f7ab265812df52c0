"""A first registration as it is submitted: texts as typed, before any rule has looked at them.

In the style of `rules.requests.submitted`; `rules.registration.validation` judges the content.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from rules.requests.submitted import AS_TYPED, Certificate, Document


@dataclass(frozen=True, kw_only=True)
class NewProfile:
    """What is to be on file about somebody who is not on the register; names as in `Field`."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = AS_TYPED

    #: Every part of a name but the first may be empty, in both languages alike.
    first_name_ar: str
    father_name_ar: str = ""
    grandfather_name_ar: str = ""
    family_name_ar: str = ""
    first_name_en: str
    father_name_en: str = ""
    grandfather_name_en: str = ""
    family_name_en: str = ""
    identity_number: str
    #: ``national_id``, ``iqama`` or ``gcc_id``
    identity_kind: str
    #: ISO 3166 alpha-2
    nationality: str
    #: Gregorian or Hijri.
    birth_date: str
    mobile: str
    email: str
    address: str
    employer: str
    specialty: str
    rank: str


@dataclass(frozen=True, kw_only=True)
class Qualification:
    """The degree or diploma that the registration rests on."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = AS_TYPED

    title: str
    #: The university or board.
    issuer: str
    issued_on: str


@dataclass(frozen=True, kw_only=True)
class RegistrationSubmission:
    """One person's wish to be registered, and to get a card."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = AS_TYPED

    profile: NewProfile
    #: The card's category that is asked for, as in `rules.register.card.Category`.
    category: str
    qualification: Qualification
    #: Hours of professional development that are to stand in the ledger.
    certificates: tuple[Certificate, ...] = ()
    documents: tuple[Document, ...] = ()
    #: The language of the letters.
    preferred_language: Literal["ar", "en"] = "ar"
    #: The applicant has reviewed the submission and says that it is right.
    confirmed_by_applicant: bool
    #: The same key twice is one request.
    idempotency_key: str
