"""Many new rows in one statement, however many they are."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, text
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


@lru_cache
def _statement(model: type[SQLModel], conflicts: str) -> TextClause:
    table = SQLModel.metadata.tables[str(model.__tablename__)]
    given_out = table.autoincrement_column
    columns = ", ".join(each.name for each in table.columns if each is not given_out)
    return text(
        f"INSERT INTO {table} ({columns}) SELECT {columns}"  # noqa: S608 - names of our own models
        f" FROM jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb))"
        f" {conflicts} RETURNING {', '.join(each.name for each in table.primary_key)}"
    )
