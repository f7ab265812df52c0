"""The column types that several tables share."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

#: An instant, kept in UTC. Passed as ``sa_type``; typed Any as SQLModel asks for a class.
INSTANT: Any = DateTime(timezone=True)
#: A JSON document.
JSON_DOCUMENT: Any = JSONB
#: Long ago, as a day of examination: the next reminder run looks at the row.
EXAMINE_NOW = date(1970, 1, 1)


def instant() -> datetime:
    """A column for an instant that is always known."""
    value: datetime = Field(sa_type=INSTANT)
    return value


def optional_instant() -> datetime | None:
    """A column for an instant that may not have come yet."""
    value: datetime | None = Field(default=None, sa_type=INSTANT)
    return value
