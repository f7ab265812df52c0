"""What of a queue an officer wants to see, as an address says it and reads it again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.requests.review import ReviewReason
from rules.requests.statuses import Kind
from rules.values.user_name import read_user_name

#: Of this millennium: an instant of the year 1 has none in UTC.
_DAY = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}", re.ASCII)
_USER_NAME = re.compile(r"[a-z][a-z0-9._-]{1,39}", re.ASCII)


class DueWhen(StrEnum):
    """When a request under review is due."""

    #: By now.
    LATE = "late"
    #: After now, and today in Riyadh.
    TODAY = "today"


@dataclass(frozen=True, kw_only=True)
class QueueFilters:
    """What of a queue is wanted, all of it at once; None for what does not matter."""

    kind: Kind | None = None
    #: Why a person is needed.
    why: ReviewReason | None = None
    due: DueWhen | None = None
    #: Due before this day (Riyadh).
    before: date | None = None
    #: Who works on it: a user name.
    officer: str | None = None


NO_FILTER = QueueFilters()


def read_filters(said: Mapping[str, str]) -> QueueFilters:
    """The filters under their names; what is said otherwise than we do counts as unsaid."""
    kind, why, due = said.get("kind"), said.get("why"), said.get("due")
    officer = read_user_name(said.get("officer", ""))
    return QueueFilters(
        kind=Kind(kind) if kind in set(Kind) else None,
        why=ReviewReason(why) if why in set(ReviewReason) else None,
        due=DueWhen(due) if due in set(DueWhen) else None,
        before=_day(said.get("before", "")),
        officer=officer if _USER_NAME.fullmatch(officer) else None,
    )


def said_filters(filters: QueueFilters) -> dict[str, str]:
    """The same under their names, without what does not matter: `read_filters` reads it."""
    said = {
        "kind": filters.kind,
        "why": filters.why,
        "due": filters.due,
        "before": filters.before and filters.before.isoformat(),
        "officer": filters.officer,
    }
    return {name: str(value) for name, value in said.items() if value is not None}


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if _DAY.fullmatch(typed) else None
    except ValueError:
        return None
