"""Certificates and experience on a request, checked and normalised."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any, Self

from rules.values.text import folded


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


def _digest(*parts: str) -> str:
    # A digest, because a unique index takes no long text.
    return sha256(json.dumps([folded(part) for part in parts]).encode()).hexdigest()
