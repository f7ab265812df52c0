"""A profile update as the rules made it: normalised, ready to be kept and put in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from rules.findings.doubts import Doubt
from rules.register.fields import Field, Group, groups_of
from rules.requests.activities import CertificateOnRequest, ExperienceOnRequest
from rules.requests.documents import DocumentOnRequest


@dataclass(frozen=True, kw_only=True)
class NormalisedUpdate:
    """What a profile update changes and adds."""

    registration_number: str
    #: Only what differs from what is on file; a birth date as Gregorian ISO.
    changes: Mapping[Field, str]
    certificates: tuple[CertificateOnRequest, ...]
    experience: tuple[ExperienceOnRequest, ...]
    documents: tuple[DocumentOnRequest, ...]
    #: None leaves it as it is on file.
    preferred_language: str | None
    #: What policy lets pass, for an officer to look at.
    warnings: tuple[Doubt, ...]

    @property
    def changed_groups(self) -> frozenset[Group]:
        """The groups that policy speaks of, additions included."""
        added = {
            Group.CERTIFICATES: bool(self.certificates),
            Group.EXPERIENCE: bool(self.experience),
        }
        return groups_of(self.changes) | {group for group, present in added.items() if present}

    @property
    def cpd_hours(self) -> Decimal:
        """The hours that the certificates and the experience add."""
        hours = [entry.cpd_hours for entry in self.certificates]
        hours += [entry.cpd_hours for entry in self.experience]
        return sum(hours, Decimal(0))

    def to_json(self) -> dict[str, Any]:
        """The update as a JSON object; `from_json` makes an equal update of it."""
        return {
            "registration_number": self.registration_number,
            "changes": {field.value: text for field, text in self.changes.items()},
            "certificates": [entry.to_json() for entry in self.certificates],
            "experience": [entry.to_json() for entry in self.experience],
            "documents": [entry.to_json() for entry in self.documents],
            "preferred_language": self.preferred_language,
            "warnings": [doubt.to_json() for doubt in self.warnings],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The update that `to_json` wrote."""
        return cls(
            registration_number=stored["registration_number"],
            changes={Field(name): text for name, text in stored["changes"].items()},
            certificates=tuple(map(CertificateOnRequest.from_json, stored["certificates"])),
            experience=tuple(map(ExperienceOnRequest.from_json, stored["experience"])),
            documents=tuple(map(DocumentOnRequest.from_json, stored["documents"])),
            preferred_language=stored["preferred_language"],
            warnings=tuple(map(Doubt.from_json, stored["warnings"])),
        )
