"""What a request would bring into force, as an officer reads it: one shape for every kind."""

from dataclasses import dataclass

from rules.findings.both_languages import InBoth
from rules.findings.doubts import Doubt
from rules.register.fields import Field
from rules.requests.activities import CertificateOnRequest, ExperienceOnRequest
from rules.requests.documents import DocumentOnRequest


@dataclass(frozen=True, repr=False)
class Change:
    """One field: what is on file, what would be, and what the official register says."""

    field: Field
    on_file: str
    new: str
    #: None where the register was not asked, or does not hold this.
    official: str | None


@dataclass(frozen=True, repr=False)
class Fact:
    """One thing that the request brings and that is no field of the profile."""

    label: InBoth
    value: InBoth


@dataclass(frozen=True, repr=False)
class RaisedDoubt:
    """A doubt, beside the value that it is about."""

    doubt: Doubt
    #: Empty where it is about no field of the profile.
    requested: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Proposed:
    """All that an officer decides on. It is personal data: its `repr` shows none of it."""

    changes: tuple[Change, ...] = ()
    facts: tuple[Fact, ...] = ()
    certificates: tuple[CertificateOnRequest, ...] = ()
    experience: tuple[ExperienceOnRequest, ...] = ()
    #: Their particulars, as they are stated; their files are in the case.
    documents: tuple[DocumentOnRequest, ...] = ()
    doubts: tuple[RaisedDoubt, ...] = ()
