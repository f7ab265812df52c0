"""What people add to a request, as it is submitted: certificates, experience and documents.

Plain dataclasses that Pydantic's ``TypeAdapter`` can parse: unknown members are refused, and so is
a text longer than `MAX_TEXT`, whatever policy allows. Dates are texts, Hijri or Gregorian.
`rules.requests.entries` judges the content.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from rules.values.document_kind import DocumentKind

#: Characters; far above every limit in policy, so that policy's own refusal is heard first.
MAX_TEXT = 2_000

#: For Pydantic, of every dataclass that is submitted.
AS_TYPED: Mapping[str, Any] = {
    "extra": "forbid",
    "str_max_length": MAX_TEXT,
    # Nothing looks at a member when a program makes one of these: it is looked at when it is read.
    "revalidate_instances": "always",
}


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A new certificate and the hours it is worth."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = AS_TYPED

    title: str
    issuer: str
    issued_on: str
    cpd_hours: Decimal
    #: The accredited activity's code, where it has one.
    activity_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class Experience:
    """New professional experience and the hours it is worth."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = AS_TYPED

    employer: str
    role: str
    started_on: str
    #: None where it goes on.
    ended_on: str | None = None
    cpd_hours: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document's particulars as its owner states them, and the upload that shows them."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = AS_TYPED

    kind: DocumentKind
    issuer: str
    issued_on: str
    expires_on: str | None = None
    #: Of the uploaded document. Its digest, size and type are then known, and not stated.
    id: str | None = None
    #: 64 hexadecimal digits; where policy takes a document without its file.
    sha256: str | None = None
    size_bytes: int | None = None
    media_type: str = "application/pdf"
