"""Identity data must equal the official record (DOMAIN.md 0, step 4; 1.1 [2][3])."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

from rules.fields import NAMES, Field, Group
from rules.problems import Problem, problem
from rules.profile import ProfileOnFile
from rules.text import folded

#: What the official register answers for.
OFFICIAL_FIELDS = NAMES | {Field.IDENTITY_NUMBER, Field.NATIONALITY, Field.BIRTH_DATE}

_IDENTIFYING = frozenset({Group.NAMES, Group.IDENTITY, Group.IDENTITY_NUMBER})


@dataclass(frozen=True, kw_only=True)
class OfficialRecord:
    """What the official register holds about one person; a part it does not hold is empty."""

    identity_number: str
    nationality: str
    birth_date: date
    first_name_ar: str = ""
    father_name_ar: str = ""
    grandfather_name_ar: str = ""
    family_name_ar: str = ""
    first_name_en: str = ""
    father_name_en: str = ""
    grandfather_name_en: str = ""
    family_name_en: str = ""

    def to_json(self) -> dict[str, Any]:
        """The record as a JSON object."""
        return asdict(self) | {"birth_date": self.birth_date.isoformat()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The record that `to_json` wrote; names that are not there are empty."""
        birth_date = date.fromisoformat(stored["birth_date"])
        return cls(**{**stored, "birth_date": birth_date})


def needs_official_record(changed: Collection[Field]) -> bool:
    """Whether these changes touch what must equal the official record."""
    return any(field.group in _IDENTIFYING for field in changed)


def record_missing() -> Problem:
    """What to say where the register has answered that it does not know the identity number."""
    return problem("official_record_missing", Field.IDENTITY_NUMBER)


def compare_with_official_record(
    profile: ProfileOnFile, record: OfficialRecord
) -> tuple[Problem, ...]:
    """What in the resulting profile differs from the record of its identity number.

    Empty when everything equals. Case, vowel signs and spacing do not make a name another name;
    a name part that the register does not hold is not compared.
    """
    return tuple(
        problem("official_record_differs", field)
        for field in Field
        if field in OFFICIAL_FIELDS and _differs(field, profile, record)
    )


def _differs(field: Field, profile: ProfileOnFile, record: OfficialRecord) -> bool:
    official = str(getattr(record, field.value))
    if field in NAMES and not official:
        return False
    return folded(official) != folded(profile.value(field))
