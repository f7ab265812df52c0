"""A card renewal as it is submitted: texts as typed, before any rule has looked at them.

In the style of `rules.requests.submitted`; `rules.card_renewal.validation` judges the content.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from rules.requests.submitted import AS_TYPED, Document


@dataclass(frozen=True, kw_only=True)
class CardRenewalSubmission:
    """One practitioner's wish to renew their card."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = AS_TYPED

    #: As printed on the card with its dash, or typed without it.
    registration_number: str
    documents: tuple[Document, ...] = ()
    #: The language of the letters, from now on; None leaves it as it is on file.
    preferred_language: Literal["ar", "en"] | None = None
    #: The applicant declares that what is on file and what is attached is right.
    confirmed_by_applicant: bool
    #: The same key twice is one request.
    idempotency_key: str
