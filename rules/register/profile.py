"""What is on file about a practitioner, as the rules read it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from rules.register.fields import Field


@dataclass(frozen=True, kw_only=True)
class ProfileOnFile:
    """The data in force, every value in its normalised form."""

    registration_number: str
    first_name_ar: str
    father_name_ar: str
    grandfather_name_ar: str
    family_name_ar: str
    first_name_en: str
    father_name_en: str
    grandfather_name_en: str
    family_name_en: str
    identity_number: str
    identity_kind: str
    nationality: str
    birth_date: date
    mobile: str
    email: str
    address: str
    employer: str
    specialty: str
    rank: str

    def value(self, field: Field) -> str:
        """The field as text; the birth date as Gregorian ISO."""
        return str(getattr(self, field.value))

    def with_changes(self, changes: Mapping[Field, str]) -> "ProfileOnFile":
        """The profile as it would stand after these normalised changes."""
        values: dict[str, str | date] = {field.value: text for field, text in changes.items()}
        if Field.BIRTH_DATE in changes:
            values["birth_date"] = date.fromisoformat(changes[Field.BIRTH_DATE])
        return replace(self, **values)  # type: ignore[arg-type]  # Field names the attributes
