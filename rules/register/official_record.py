"""Identity data must equal the official record (DOMAIN.md 0, step 4; 1.1 [2][3])."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Self

from rules.findings.doubts import Doubt
from rules.findings.problems import Problem, problem
from rules.register.fields import ARABIC_NAMES, ENGLISH_NAMES, NAMES, Field, Group
from rules.register.profile import ProfileOnFile
from rules.values.name_keys import Likeness, likeness
from rules.values.umm_al_qura import are_one_hijri_day

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

    def value(self, field: Field) -> str | None:
        """The field as text, the birth date as ISO; None where the register does not hold it."""
        return str(getattr(self, field)) or None if field in OFFICIAL_FIELDS else None

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


@dataclass(frozen=True)
class OfficialComparison:
    """What the official record says of a profile."""

    #: What is another value there: sent back.
    problems: tuple[Problem, ...]
    #: What may be the same in another spelling or by another calendar table: for an officer.
    doubts: tuple[Doubt, ...]


def compare_with_official_record(
    profile: ProfileOnFile, record: OfficialRecord, *, born_in_hijri: bool = False
) -> OfficialComparison:
    """What in the resulting profile differs from the record of its identity number.

    Case, vowel signs, spaces, hyphens and full stops do not make a name another name; other
    spellings of it are a doubt, see `rules.values.name_keys`. A name part that the register does
    not hold is not compared, and the only name of a person is the same wherever it stands. A birth
    date is in doubt where it is the official one by another table of the Hijri calendar, or a day
    off and typed in Hijri (``born_in_hijri``).
    """
    typed, official = _names(profile, record)
    likenesses = {
        field: _name_likeness(field, typed, official) for field in Field if field in NAMES
    }
    likenesses[Field.BIRTH_DATE] = _birth_likeness(profile, record, born_in_hijri=born_in_hijri)
    for field in (Field.IDENTITY_NUMBER, Field.NATIONALITY):
        is_same = getattr(record, field.value) == profile.value(field)
        likenesses[field] = Likeness.SAME if is_same else Likeness.OTHER
    ordered = [(field, likenesses[field]) for field in Field if field in OFFICIAL_FIELDS]
    return OfficialComparison(
        tuple(
            problem("official_record_differs", field)
            for field, likeness in ordered
            if likeness is Likeness.OTHER
        ),
        tuple(
            _doubt(field, official.get(field) or record.birth_date.isoformat())
            for field, likeness in ordered
            if likeness is Likeness.VARIANT
        ),
    )


def _doubt(field: Field, official: str) -> Doubt:
    is_date = field is Field.BIRTH_DATE
    code = "official_record_hijri_day" if is_date else "official_record_spelling"
    return Doubt(code, field, official)


def _names(
    profile: ProfileOnFile, record: OfficialRecord
) -> tuple[dict[Field, str], dict[Field, str]]:
    """The parts that are there, of both; where each has one only, as first names."""
    typed: dict[Field, str] = {}
    official: dict[Field, str] = {}
    for parts in (ARABIC_NAMES, ENGLISH_NAMES):
        ours = {field: profile.value(field) for field in parts if profile.value(field)}
        theirs = {field: name for field in parts if (name := getattr(record, field.value))}
        if len(ours) == len(theirs) == 1:
            ours, theirs = ({parts[0]: next(iter(each.values()))} for each in (ours, theirs))
        typed |= ours
        official |= theirs
    return typed, official


def _name_likeness(
    field: Field, typed: Mapping[Field, str], official: Mapping[Field, str]
) -> Likeness:
    if field not in official:
        return Likeness.SAME
    return likeness(official[field], typed.get(field, ""))


def _birth_likeness(
    profile: ProfileOnFile, record: OfficialRecord, *, born_in_hijri: bool
) -> Likeness:
    if profile.birth_date == record.birth_date:
        return Likeness.SAME
    is_next = abs(profile.birth_date - record.birth_date) == timedelta(days=1)
    if (born_in_hijri and is_next) or are_one_hijri_day(profile.birth_date, record.birth_date):
        return Likeness.VARIANT
    return Likeness.OTHER
