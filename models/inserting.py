"""Many new rows in one statement, however many they are."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, TextClause, text
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from models.statements import execute


async def insert_all(session: AsyncSession, rows: Sequence[SQLModel]) -> None:
    """Keep these rows of one table, in their order.

    They travel as one JSON document, not as a parameter for each value, and past the session: it
    knows none of them afterwards. A number that the database gives out is its own. Raises what the
    database says of any row.
    """
    await _insert(session, rows, "")


async def insert_new(session: AsyncSession, rows: Sequence[SQLModel]) -> set[tuple[Any, ...]]:
    """The same, but that a row whose key is there already stays as it was.

    Returns the primary keys of those that are new.
    """
    return await _insert(session, rows, "ON CONFLICT DO NOTHING")


async def _insert(
    session: AsyncSession, rows: Sequence[SQLModel], conflicts: str
) -> set[tuple[Any, ...]]:
    if not rows:
        return set()
    documents = json.dumps([row.model_dump(mode="json") for row in rows])
    written = await execute(session, _statement(type(rows[0]), conflicts), {"rows": documents})
    return {tuple(key) for key in written}


async def insert_together(
    session: AsyncSession, *tables: Sequence[SQLModel]
) -> list[list[tuple[Any, ...]]]:
    """Keep the rows of several tables, each as `insert_new` does, in one statement.

    A row may name another one of the same statement. Returns of each table the primary keys of the
    rows that are new, with numbers and texts in them as JSON has them. Raises as `insert_new`.
    """
    filled = [place for place, rows in enumerate(tables) if rows]
    written: list[list[tuple[Any, ...]]] = [[] for _ in tables]
    if not filled:
        return written
    documents = {
        f"rows_{number}": json.dumps([row.model_dump(mode="json") for row in tables[place]])
        for number, place in enumerate(filled)
    }
    statement = _together(tuple(type(tables[place][0]) for place in filled))
    for number, key in await execute(session, statement, documents):
        written[filled[number]].append(tuple(key))
    return written


@lru_cache
def _statement(model: type[SQLModel], conflicts: str) -> TextClause:
    return text(_insertion(model, conflicts, "rows"))


@lru_cache
def _together(models: tuple[type[SQLModel], ...]) -> TextClause:
    parts = [
        f"table_{number} AS ({_insertion(each, 'ON CONFLICT DO NOTHING', f'rows_{number}')})"
        for number, each in enumerate(models)
    ]
    keys = [
        f"SELECT {number}, jsonb_build_array({_keys(each)}) FROM table_{number}"  # noqa: S608 - as below
        for number, each in enumerate(models)
    ]
    return text(f"WITH {', '.join(parts)} {' UNION ALL '.join(keys)}")


def _insertion(model: type[SQLModel], conflicts: str, rows: str) -> str:
    table = _table(model)
    given_out = table.autoincrement_column
    columns = ", ".join(each.name for each in table.columns if each is not given_out)
    return (
        f"INSERT INTO {table} ({columns}) SELECT {columns}"  # noqa: S608 - names of our own models
        f" FROM jsonb_populate_recordset(NULL::{table}, CAST(:{rows} AS jsonb))"
        f" {conflicts} RETURNING {_keys(model)}"
    )


def _keys(model: type[SQLModel]) -> str:
    return ", ".join(each.name for each in _table(model).primary_key)


def _table(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]
