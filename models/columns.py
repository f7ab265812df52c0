"""The column types that several tables share."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ColumnElement,
    DateTime,
    Dialect,
    String,
    TypeDecorator,
    any_,
    literal,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

#: An instant, kept in UTC. Passed as ``sa_type``; typed Any as SQLModel asks for a class.
INSTANT: Any = DateTime(timezone=True)
#: A JSON document.
JSON_DOCUMENT: Any = JSONB
#: One that may be missing: then there is none, and not the document ``null``.
OPTIONAL_JSON_DOCUMENT: Any = JSONB(none_as_null=True)
#: Long ago, as a day of examination: the next reminder run looks at the row.
EXAMINE_NOW = date(1970, 1, 1)


class Named(TypeDecorator[str]):
    """A column that holds one of an enumeration's names, kept as text and read as its member.

    A name that this version does not know, because a newer one wrote it, is read as plain text:
    asking the enumeration for it fails for that row, and not for every row of the query.
    """

    impl = String
    cache_ok = True

    def __init__(self, names: type[StrEnum]) -> None:
        super().__init__()
        self.names = names
        self._members = {each.value: each for each in names}

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's
        """The plain text that the database keeps."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's
        """The member, or the text as it is where this version has no such member."""
        return None if value is None else self._members.get(value, value)


def named(names: type[StrEnum]) -> Any:
    """The column type for one of these names; typed Any as SQLModel asks for a class."""
    return Named(names)


def known(column: str, names: type[StrEnum], *, name: str) -> CheckConstraint:
    """The database's own refusal of a name that is not in the enumeration.

    A member that is added needs a migration that makes the constraint anew: see
    `migrations.checks`.
    """
    return CheckConstraint(f"{column} IN ({quoted(names)})", name=name)


def quoted(names: Iterable[StrEnum]) -> str:
    """The names as SQL has them in a list, in the order given."""
    return ", ".join(f"'{name}'" for name in names)


def instant() -> datetime:
    """A column for an instant that is always known."""
    value: datetime = Field(sa_type=INSTANT)
    return value


def optional_instant() -> datetime | None:
    """A column for an instant that may not have come yet."""
    value: datetime | None = Field(default=None, sa_type=INSTANT)
    return value


def among(column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """That the column has one of these values, which go in as one array however many they are."""
    found: ColumnElement[bool] = column == any_(literal(list(values), ARRAY(column.type)))
    return found
