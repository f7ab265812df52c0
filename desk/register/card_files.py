"""The lines of the cards' file and of the CPD ledger's file, judged by the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rules.findings.problems import Problems
from rules.policy.policy import Policy
from rules.register.card import ActivityKind, CardStatus, Category
from rules.requests.activities import CertificateOnRequest
from rules.values.cpd_hours import read_attended_hours
from rules.values.dates import parse_date
from rules.values.registration_number import clean_registration_number
from rules.values.spreadsheet import choice
from rules.values.text import clean_required_text

_NUMBER = "registration_number"
CARD_COLUMNS = frozenset({_NUMBER, "category", "valid_from", "expires_on"})
CARD_OPTIONAL = frozenset({"status"})
LEDGER_COLUMNS = frozenset({_NUMBER, "title", "issuer", "completed_on", "hours"})
LEDGER_OPTIONAL = frozenset({"kind", "activity_code"})


@dataclass(frozen=True, kw_only=True)
class CardLine:
    """One card of the file."""

    registration_number: str
    status: CardStatus
    category: Category
    valid_from: date
    expires_on: date


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """One activity of the ledger's file."""

    registration_number: str
    kind: ActivityKind
    activity: CertificateOnRequest


@dataclass(frozen=True)
class CardLineJudge:
    """Judges lines under one policy, on one day; notes every problem."""

    today: date
    policy: Policy

    def card(self, cells: Mapping[str, str], problems: Problems) -> tuple[str, CardLine] | None:
        """The card of a line by its registration number."""
        number = self._number(cells, problems)
        status = problems.read(
            "status", lambda: choice(CardStatus, cells.get("status") or "active")
        )
        category = problems.read("category", lambda: choice(Category, cells["category"]))
        begins = _day(cells, "valid_from", problems)
        ends = _day(cells, "expires_on", problems)
        if begins and ends and ends < begins:
            problems.add("expires_before_issue", "expires_on")
        if problems.found or not (number and status and category and begins and ends):
            return None
        return number, CardLine(
            registration_number=number,
            status=status,
            category=category,
            valid_from=begins,
            expires_on=ends,
        )

    def activity(
        self, cells: Mapping[str, str], problems: Problems
    ) -> tuple[str, LedgerLine] | None:
        """The activity of a line by whose it is and what it is."""
        number = self._number(cells, problems)
        kind = problems.read("kind", lambda: choice(ActivityKind, cells.get("kind") or "other"))
        title = self._text(cells, "title", problems)
        issuer = self._text(cells, "issuer", problems)
        code = self._text(cells, "activity_code", problems) if cells.get("activity_code") else None
        day = _day(cells, "completed_on", problems)
        if day and day > self.today:
            problems.add("date_in_future", "completed_on")
        hours = problems.read("hours", lambda: read_attended_hours(cells["hours"]))
        if problems.found or not (number and kind and title and issuer and day and hours):
            return None
        activity = CertificateOnRequest(
            title=title, issuer=issuer, issued_on=day, cpd_hours=hours, activity_code=code
        )
        line = LedgerLine(registration_number=number, kind=kind, activity=activity)
        return f"{number} {activity.activity_key}", line

    def _number(self, cells: Mapping[str, str], problems: Problems) -> str | None:
        pattern = self.policy.registration_number.pattern
        return problems.read(
            _NUMBER, lambda: clean_registration_number(cells[_NUMBER], pattern=pattern)
        )

    def _text(self, cells: Mapping[str, str], name: str, problems: Problems) -> str | None:
        limit = self.policy.limits.text_characters
        return problems.read(name, lambda: clean_required_text(cells[name], max_length=limit))


def activity_column(line: LedgerLine) -> str:
    """The column that says which activity it is."""
    return "activity_code" if line.activity.activity_code else "title"


def _day(cells: Mapping[str, str], name: str, problems: Problems) -> date | None:
    return problems.read(name, lambda: parse_date(cells[name]))
