"""Many new rows in one statement, however many they are."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, text
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from models.statements import execute


async def insert_new(session: AsyncSession, rows: Sequence[SQLModel]) -> set[tuple[Any, ...]]:
    """Keep these rows of one table, in their order; one whose key is there already stays as it was.

    Returns the primary keys of those that are new. They travel as one JSON document, not as a
    parameter for each value, and past the session: it knows none of them afterwards. A number that
    the database gives out is its own. Raises what the database says of any other row.
    """
    if not rows:
        return set()
    documents = json.dumps([row.model_dump(mode="json") for row in rows])
    written = await execute(session, _insert(type(rows[0])), {"rows": documents})
    return {tuple(key) for key in written}


@lru_cache
def _insert(model: type[SQLModel]) -> TextClause:
    table = SQLModel.metadata.tables[str(model.__tablename__)]
    given_out = table.autoincrement_column
    columns = ", ".join(each.name for each in table.columns if each is not given_out)
    return text(
        f"INSERT INTO {table} ({columns}) SELECT {columns}"  # noqa: S608 - names of our own models
        f" FROM jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb))"
        f" ON CONFLICT DO NOTHING RETURNING {', '.join(each.name for each in table.primary_key)}"
    )
