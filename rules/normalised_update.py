"""A profile update as the rules made it: normalised, ready to be kept and put in force."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any, Self

from rules.documents import DocumentOnRequest
from rules.doubts import Doubt
from rules.fields import Field, Group, groups_of
from rules.text import folded


@dataclass(frozen=True, kw_only=True)
class CertificateOnRequest:
    """A certificate, checked and normalised."""

    title: str
    issuer: str
    issued_on: date
    cpd_hours: Decimal
    activity_code: str | None

    @property
    def activity_key(self) -> str:
        """What makes two certificates the same activity: its code, or title, issuer and day."""
        if self.activity_code:
            return _digest("code", self.activity_code)
        return _digest("certificate", self.title, self.issuer, self.issued_on.isoformat())

    def to_json(self) -> dict[str, Any]:
        """The certificate as a JSON object; hours as text, to stay exact."""
        return {
            "title": self.title,
            "issuer": self.issuer,
            "issued_on": self.issued_on.isoformat(),
            "cpd_hours": str(self.cpd_hours),
            "activity_code": self.activity_code,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The certificate that `to_json` wrote."""
        return cls(
            title=stored["title"],
            issuer=stored["issuer"],
            issued_on=date.fromisoformat(stored["issued_on"]),
            cpd_hours=Decimal(stored["cpd_hours"]),
            activity_code=stored["activity_code"],
        )


@dataclass(frozen=True, kw_only=True)
class ExperienceOnRequest:
    """A piece of experience, checked and normalised."""

    employer: str
    role: str
    started_on: date
    ended_on: date | None
    cpd_hours: Decimal

    @property
    def activity_key(self) -> str:
        """What makes two pieces of experience the same: employer, role and first day."""
        return _digest("experience", self.role, self.employer, self.started_on.isoformat())

    def to_json(self) -> dict[str, Any]:
        """The experience as a JSON object; hours as text, to stay exact."""
        return {
            "employer": self.employer,
            "role": self.role,
            "started_on": self.started_on.isoformat(),
            "ended_on": self.ended_on.isoformat() if self.ended_on else None,
            "cpd_hours": str(self.cpd_hours),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The experience that `to_json` wrote."""
        return cls(
            employer=stored["employer"],
            role=stored["role"],
            started_on=date.fromisoformat(stored["started_on"]),
            ended_on=date.fromisoformat(stored["ended_on"]) if stored["ended_on"] else None,
            cpd_hours=Decimal(stored["cpd_hours"]),
        )


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


def _digest(*parts: str) -> str:
    # A digest, because a unique index takes no long text.
    return sha256(json.dumps([folded(part) for part in parts]).encode()).hexdigest()
