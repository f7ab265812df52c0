"""The register as CSV files: every line judged by the rules of its fields, all problems at once."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from desk.policy import current_policy
from desk.register.card_files import (
    CARD_COLUMNS,
    CARD_OPTIONAL,
    LEDGER_COLUMNS,
    LEDGER_OPTIONAL,
    CardLine,
    CardLineJudge,
    LedgerLine,
    activity_column,
)
from desk.register.csv_file import CsvFile, Judge, LineProblem
from rules.errors import Refused
from rules.findings.problems import Problems, problem
from rules.policy.policy import Policy
from rules.register.fields import NAMES, Field
from rules.register.names import check_names_agree
from rules.register.official_record import OfficialRecord
from rules.requests.field_values import clean_nationality, normalised_value
from rules.values.dates import RIYADH, parse_date
from rules.values.identity_number import (
    GULF_STATES,
    IdentityKind,
    check_digit_fails,
    check_identity_agrees,
    check_number_form,
    clean_any_identity_number,
    clean_identity_number,
)
from rules.values.registration_number import clean_registration_number
from rules.values.spreadsheet import choice, yes_or_no
from rules.values.user_name import read_user_name

_NUMBER = "registration_number"
_PRACTITIONER = frozenset({_NUMBER, *(field.value for field in Field)})
_PRACTITIONER_OPTIONAL = frozenset({"preferred_language", "confirmed_on"})
_OFFICIAL = frozenset({"identity_number", "nationality", "birth_date"})
_NAMES = frozenset(name.value for name in NAMES)
_USER_NAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")

T = TypeVar("T")


class _Language(StrEnum):
    AR = "ar"
    EN = "en"


class RegisterRefused(Refused):
    """The files hold errors: ``problems`` says all of them, and nothing was loaded."""

    def __init__(self, problems: Iterable[LineProblem]) -> None:
        self.problems = tuple(problems)
        # Without the values: an error may end in a log.
        super().__init__(
            "\n".join(
                f"{each.file}:{each.line}: {each.problem.field}: {each.problem.sentence.en}"
                for each in self.problems
            )
        )


@dataclass(frozen=True)
class OfficerLine:
    """One officer of the file."""

    user_name: str
    #: Canonical; None where the officer is not on the register.
    registration_number: str | None
    active: bool


@dataclass(frozen=True, kw_only=True)
class RegisterFiles:
    """What the files say, normalised; empty where no such file was given."""

    #: The columns of the table, by registration number.
    practitioners: Mapping[str, Mapping[str, Any]]
    #: By user name.
    officers: Mapping[str, OfficerLine]
    #: By identity number.
    official: Mapping[str, OfficialRecord]
    #: By registration number.
    cards: Mapping[str, CardLine]
    ledger: Collection[LedgerLine]


def read_register_files(
    *,
    practitioners: Path | None = None,
    officers: Path | None = None,
    official: Path | None = None,
    cards: Path | None = None,
    ledger: Path | None = None,
    today: date,
    day_first: bool = False,
) -> RegisterFiles:
    """The files, every line judged; raises `RegisterRefused` with every problem in all of them.

    The columns are the names of `rules.register.fields.Field` with ``registration_number`` and,
    where they are known, ``preferred_language`` and ``confirmed_on`` (the day on which the
    practitioner last confirmed the data); for officers ``user_name``, and where there is something
    to say ``registration_number`` and ``active`` (yes or no); for official records those of
    `OfficialRecord`; for cards and the ledger of CPD hours those of `desk.register.card_files`.
    Dates may be Hijri. How spreadsheets write files is understood, see `desk.register.csv_file`;
    ``day_first`` says that dates which may be read in two ways begin with the day. Raises OSError
    where a file cannot be read.
    """

    def _file(
        path: Path | None, required: frozenset[str], optional: frozenset[str]
    ) -> CsvFile | None:
        return CsvFile(path, required, optional, day_first=day_first) if path else None

    judge = _LineJudge(today, current_policy())
    people = _file(practitioners, _PRACTITIONER, _PRACTITIONER_OPTIONAL)
    desk = _file(officers, frozenset({"user_name"}), frozenset({_NUMBER, "active"}))
    state = _file(official, _OFFICIAL, _NAMES)
    drawer = _file(cards, CARD_COLUMNS, CARD_OPTIONAL)
    hours = _file(ledger, LEDGER_COLUMNS, LEDGER_OPTIONAL)
    card_judge = CardLineJudge(today, current_policy())
    found = RegisterFiles(
        practitioners=_each(people, judge.practitioner, _NUMBER),
        officers=_each(desk, judge.officer, "user_name"),
        official=_each(state, judge.official_record, "identity_number"),
        cards=_each(drawer, card_judge.card, _NUMBER),
        ledger=list(hours.judged(card_judge.activity, key=activity_column).values())
        if hours
        else [],
    )
    if people:
        _refuse_shared_identities(people, found.practitioners)
    files = (people, desk, state, drawer, hours)
    problems = [each for file in files if file for each in file.problems]
    if problems:
        raise RegisterRefused(problems)
    return found


def _each(file: CsvFile | None, judge: Judge[T], key: str) -> dict[str, T]:
    return file.judged(judge, key=lambda _: key) if file else {}


def _refuse_shared_identities(file: CsvFile, people: Mapping[str, Mapping[str, Any]]) -> None:
    """Note where two practitioners of the file have one identity number."""
    first: dict[str, int] = {}
    for number, values in people.items():
        identity, line = values["identity_number"], file.lines[number]
        earlier = first.setdefault(identity, line)
        if earlier != line:
            shared = problem("identity_number_repeated", "identity_number", line=earlier)
            file.note_line(line, shared, value=identity)


@dataclass(frozen=True)
class _LineJudge:
    today: date
    policy: Policy

    def practitioner(
        self, cells: Mapping[str, str], problems: Problems
    ) -> tuple[str, dict[str, Any]] | None:
        number = problems.read(_NUMBER, lambda: self._number(cells[_NUMBER]))
        values: dict[str, Any] = {
            field.value: self._value(field, cells, problems) for field in Field
        }
        language = problems.read(
            "preferred_language", lambda: choice(_Language, cells.get("preferred_language") or "ar")
        )
        if values["identity_number"] and values["identity_kind"]:
            check_number_form(values["identity_number"], values["identity_kind"], problems)
        if number is None or language is None or problems.found:
            return None
        self._check_identity(values, problems)
        check_names_agree({field: values[field.value] for field in NAMES}, problems)
        born = date.fromisoformat(values["birth_date"])
        self._check_past(born, Field.BIRTH_DATE, problems)
        row = {_NUMBER: number, **values, "birth_date": born, "preferred_language": language}
        if typed := cells.get("confirmed_on"):
            row["confirmed_at"] = self._confirmed_at(typed, problems)
        return number, row

    def _confirmed_at(self, typed: str, problems: Problems) -> datetime | None:
        """The beginning of that day."""
        day = problems.read("confirmed_on", lambda: parse_date(typed))
        if day is None:
            return None
        self._check_past(day, "confirmed_on", problems)
        return datetime.combine(day, time(), RIYADH)

    def officer(
        self, cells: Mapping[str, str], problems: Problems
    ) -> tuple[str, OfficerLine] | None:
        name = read_user_name(cells["user_name"])
        if _USER_NAME.fullmatch(name) is None:
            problems.add("user_name_form", "user_name")
        number = cells.get(_NUMBER) or None
        if number is not None:
            typed = number
            number = problems.read(_NUMBER, lambda: self._number(typed))
        active = problems.read("active", lambda: yes_or_no(cells.get("active") or "yes"))
        if problems.found or active is None:
            return None
        return name, OfficerLine(name, number, active)

    def official_record(
        self, cells: Mapping[str, str], problems: Problems
    ) -> tuple[str, OfficialRecord] | None:
        number = problems.read(
            "identity_number", lambda: clean_any_identity_number(cells["identity_number"])
        )
        country = problems.read("nationality", lambda: clean_nationality(cells["nationality"]))
        if number and country not in GULF_STATES:
            problems.read("identity_number", lambda: clean_identity_number(number))
        born = problems.read("birth_date", lambda: parse_date(cells["birth_date"]))
        names = {
            name.value: self._value(name, cells, problems)
            for name in Field
            if name in NAMES and cells.get(name.value)
        }
        if number is None or country is None or born is None or problems.found:
            return None
        self._check_past(born, Field.BIRTH_DATE, problems)
        given = {name: text for name, text in names.items() if text is not None}
        return number, OfficialRecord(
            identity_number=number, nationality=country, birth_date=born, **given
        )

    def _number(self, text: str) -> str:
        return clean_registration_number(text, pattern=self.policy.registration_number.pattern)

    def _value(self, field: Field, cells: Mapping[str, str], problems: Problems) -> str | None:
        return problems.read(field, lambda: self._normalised(field, cells[field.value]))

    def _normalised(self, field: Field, cell: str) -> str:
        text = choice(IdentityKind, cell) if field is Field.IDENTITY_KIND else cell
        return normalised_value(field, text, self.policy)

    def _check_past(self, day: date, column: str, problems: Problems) -> None:
        if day > self.today:
            problems.add("date_in_future", column)

    def _check_identity(self, values: Mapping[str, str], problems: Problems) -> None:
        number = values["identity_number"]
        check_identity_agrees(
            number=number,
            kind=values["identity_kind"],
            nationality=values["nationality"],
            problems=problems,
        )
        fails = check_digit_fails(number, values["identity_kind"])
        if self.policy.identity.luhn == "refuse" and fails:
            problems.add("identity_number_check_digit", Field.IDENTITY_NUMBER)
