"""What was changed on rows and is not written yet, as one statement for many of them takes it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm.attributes import instance_state, set_committed_value
from sqlmodel import SQLModel


@dataclass(frozen=True)
class RowChanges:
    """The columns that were changed on some of these rows of one table."""

    rows: Sequence[SQLModel]
    columns: tuple[str, ...]

    @property
    def assignments(self) -> tuple[str, ...]:
        """For an UPDATE that names what it is given ``given``."""
        return tuple(f"{name} = given.{name}" for name in self.columns)

    def document(self, *besides: str) -> str:
        """The rows as JSON: what was changed, and these columns besides."""
        members = {*self.columns, *besides}
        return json.dumps([row.model_dump(mode="json", include=members) for row in self.rows])

    def are_written(self) -> None:
        """The session has nothing of this to write any more."""
        for row in self.rows:
            for name in self.columns:
                set_committed_value(row, name, getattr(row, name))


def changes_of(rows: Sequence[SQLModel]) -> RowChanges:
    """What was changed on these rows since they were read or written."""
    found = {name for row in rows for name in instance_state(row).committed_state}
    return RowChanges(rows, tuple(sorted(found)))
