"""By subject: how what is due is counted, picked, and removed."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from models.retention import requests
from models.retention.rows import EMAILS, LOOKS, REMINDERS, WAVES, OldRows
from rules.keeping import Subject


@dataclass(frozen=True)
class Way:
    """How one subject is removed. What was picked and removed is not due any more."""

    count_due: Callable[[AsyncSession, datetime], Awaitable[int]]
    pick_due: Callable[[AsyncSession, datetime, int], Awaitable[Sequence[Any]]]
    remove: Callable[[AsyncSession, Sequence[Any], datetime], Awaitable[Counter[str]]]


def _rows(old: OldRows) -> Way:
    return Way(old.count_due, old.pick_due, old.remove)


WAYS: Mapping[Subject, Way] = {
    Subject.REQUESTS: Way(requests.count_due, requests.pick_due, requests.empty),
    Subject.EMAILS: _rows(EMAILS),
    Subject.REMINDERS: _rows(REMINDERS),
    Subject.ACCESS_LOG: _rows(LOOKS),
    Subject.WAVES: _rows(WAVES),
}
