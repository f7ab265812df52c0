"""A first registration as the rules made it: normalised, ready to be kept and put in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from rules.findings.doubts import Doubt
from rules.register.card import Category
from rules.register.fields import Field
from rules.register.profile import ProfileOnFile
from rules.requests.activities import CertificateOnRequest
from rules.requests.documents import DocumentOnRequest
from rules.values.money import Money


@dataclass(frozen=True, kw_only=True)
class QualificationOnRequest:
    """The degree or diploma, checked and normalised."""

    title: str
    issuer: str
    issued_on: date

    def to_json(self) -> dict[str, str]:
        """The qualification as a JSON object."""
        return {
            "title": self.title,
            "issuer": self.issuer,
            "issued_on": self.issued_on.isoformat(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, str]) -> Self:
        """The qualification that `to_json` wrote."""
        return cls(
            title=stored["title"],
            issuer=stored["issuer"],
            issued_on=date.fromisoformat(stored["issued_on"]),
        )


@dataclass(frozen=True, kw_only=True)
class NormalisedRegistration:
    """What a registration puts on file. Of one with problems, what could be read is there."""

    #: Every field, a birth date as Gregorian ISO.
    profile: Mapping[Field, str]
    category: Category | None
    qualification: QualificationOnRequest | None
    certificates: tuple[CertificateOnRequest, ...]
    documents: tuple[DocumentOnRequest, ...]
    preferred_language: str
    #: Of the first card.
    years: int
    #: None where it is set by the authority.
    fee: Money | None
    #: For an officer to look at.
    warnings: tuple[Doubt, ...]

    def on_file(self, registration_number: str) -> ProfileOnFile:
        """The profile as it would stand; of a valid registration alone."""
        values: dict[str, Any] = {field.value: self.profile[field] for field in Field}
        values["birth_date"] = date.fromisoformat(values["birth_date"])
        return ProfileOnFile(registration_number=registration_number, **values)

    def to_json(self) -> dict[str, Any]:
        """The registration as a JSON object; `from_json` makes an equal one of it.

        The profile stands where an update's changes stand, so that whoever asks who wants an
        identity number asks of both.
        """
        return {
            "changes": {field.value: text for field, text in self.profile.items()},
            "category": self.category,
            "qualification": self.qualification.to_json() if self.qualification else None,
            "certificates": [entry.to_json() for entry in self.certificates],
            "documents": [entry.to_json() for entry in self.documents],
            "preferred_language": self.preferred_language,
            "years": self.years,
            "fee": self.fee.to_json() if self.fee else None,
            "warnings": [doubt.to_json() for doubt in self.warnings],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The registration that `to_json` wrote."""
        qualification, fee = stored["qualification"], stored["fee"]
        return cls(
            profile={Field(name): text for name, text in stored["changes"].items()},
            category=Category(stored["category"]) if stored["category"] else None,
            qualification=(
                QualificationOnRequest.from_json(qualification) if qualification else None
            ),
            certificates=tuple(map(CertificateOnRequest.from_json, stored["certificates"])),
            documents=tuple(map(DocumentOnRequest.from_json, stored["documents"])),
            preferred_language=stored["preferred_language"],
            years=stored["years"],
            fee=Money.from_json(fee) if fee else None,
            warnings=tuple(map(Doubt.from_json, stored["warnings"])),
        )
