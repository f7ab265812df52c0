"""Everything that is held of one person, for that person: as a file, and as a page.

What is given is derived from the tables (`models.own_rows`): nobody has to remember to add to it.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from desk.looks import Looker, note_look
from models.access_log import Looked
from models.database import transaction
from models.own_rows import OwnTable, Row, own_rows, own_tables, shown_columns
from models.practitioners import Practitioner, get_practitioner

#: Rows of one table that are read at a time: each is one transaction, whatever its reader's pace.
_AT_ONCE = 500
#: Rows of one table that the page shows; the file holds all.
MOST_ROWS = 20


@dataclass(frozen=True, kw_only=True, repr=False)
class HeldTable:
    """Of one table the columns that are shown, and the first rows."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Row]
    #: Whether there are more.
    goes_on: bool


async def note_own_copy(registration_number: str, practitioner_id: UUID, *, now: datetime) -> None:
    """The line of the access log, written before anything is given out."""
    async with transaction() as session:
        await note_look(
            session,
            Looked.OWN_COPY,
            by=Looker.owner(registration_number),
            now=now,
            practitioner_id=practitioner_id,
        )


async def held_tables(practitioner_id: UUID) -> tuple[HeldTable, ...]:
    """The tables that hold something about this person, with their first rows."""
    found = []
    async with transaction() as session:
        person = await get_practitioner(session, practitioner_id)
        for table in own_tables():
            rows = await own_rows(session, table, practitioner_id, after=None, limit=MOST_ROWS + 1)
            if rows:
                columns = tuple(column.name for column in shown_columns(table))
                kept = [_given(table.name, row, columns, person) for row in rows[:MOST_ROWS]]
                found.append(
                    HeldTable(
                        name=table.name,
                        columns=columns,
                        rows=kept,
                        goes_on=len(rows) > MOST_ROWS,
                    )
                )
    return tuple(found)


async def held_json(practitioner_id: UUID, *, now: datetime) -> AsyncIterator[str]:
    """All of it as one JSON document, in pieces.

    Each piece is read in a transaction of its own: a slow reader holds nothing up. So the tables
    are as they were one after the other, and not all at one instant.
    """
    async with transaction() as session:
        person = await get_practitioner(session, practitioner_id)
    yield f'{{"made_at": {json.dumps(now.isoformat())}, "held": {{'
    for number, table in enumerate(own_tables()):
        yield f"{', ' if number else ''}{json.dumps(table.name)}: "
        async for piece in table_json(table, person):
            yield piece
    yield "}}\n"


async def table_json(table: OwnTable, person: Practitioner) -> AsyncIterator[str]:
    """What one table holds about the person, as a JSON list in pieces, as `held_json`."""
    yield "["
    columns = tuple(column.name for column in shown_columns(table))
    after: Row | None = None
    while True:
        async with transaction() as session:
            rows = await own_rows(session, table, person.id, after=after, limit=_AT_ONCE)
        if rows:
            given = (_given(table.name, row, columns, person) for row in rows)
            yield (", " if after else "") + ", ".join(map(_as_json, given))
        if len(rows) < _AT_ONCE:
            break
        after = rows[-1]
    yield "]"


def _given(table: str, row: Row, columns: Sequence[str], person: Practitioner) -> Row:
    """The row without what is about somebody else."""
    given = {name: row[name] for name in columns}
    if table in {"requests", "earlier_rounds"}:
        given["normalised"] = _without_others(given["normalised"])
    if table == "requests":
        record = given["official_record"]
        # Asked for a number that somebody else has, the register answers with their names.
        if record and record.get("identity_number") != person.identity_number:
            given["official_record"] = None
    return given


def _without_others(kept: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the rules made of it, where a doubt does not say whose number or request it is about."""
    warnings = [
        {name: value for name, value in one.items() if name != "against"}
        for one in kept.get("warnings", ())
        if isinstance(one, Mapping)  # long ago a doubt was its code alone
    ]
    return {**kept, "warnings": warnings} if warnings else kept


def _as_json(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"a {type(value).__name__} cannot be given out")
