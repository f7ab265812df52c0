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
    parameters = {"rows": document_of(rows)}
    written = await execute(session, _statement(type(rows[0]), conflicts), parameters)
    return {tuple(key) for key in written}


@lru_cache
def _statement(model: type[SQLModel], conflicts: str) -> TextClause:
    return text(f"{insertion(model, 'rows')} {conflicts} RETURNING {keys_of(model)}")


def document_of(rows: Sequence[SQLModel]) -> str:
    """The rows as an `insertion` takes them."""
    return json.dumps([row.model_dump(mode="json") for row in rows])


def insertion(model: type[SQLModel], rows: str) -> str:
    """SQL, as far as what may follow FROM: it inserts the rows of the parameter ``rows``."""
    table = _table(model)
    given_out = table.autoincrement_column
    columns = ", ".join(each.name for each in table.columns if each is not given_out)
    return (
        f"INSERT INTO {table} ({columns}) SELECT {columns}"  # noqa: S608 - names of our own models
        f" FROM jsonb_populate_recordset(NULL::{table}, CAST(:{rows} AS jsonb)) AS given"
    )


def naming(model: type[SQLModel], rows: str) -> str:
    """The same for rows that name a request, of which those are kept whose request is ``told``."""
    return f"{insertion(model, rows)} WHERE given.request_id IN (SELECT id FROM told)"  # noqa: S608 - as above


def keys_of(model: type[SQLModel]) -> str:
    """The columns of its primary key, as SQL lists them."""
    return ", ".join(each.name for each in _table(model).primary_key)


def _table(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]
