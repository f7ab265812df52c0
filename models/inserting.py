"""Many new rows in one statement, however many they are."""

import json
from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import TextClause, text
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from models.statements import execute


async def insert_new(session: AsyncSession, rows: Sequence[SQLModel]) -> None:
    """Keep these rows of one table, in their order; one whose key is there already stays as it was.

    They travel as one JSON document, not as a parameter for each value, and past the session: it
    knows none of them afterwards. Raises what the database says of any other row.
    """
    if rows:
        documents = json.dumps([row.model_dump(mode="json") for row in rows])
        await execute(session, _insert(type(rows[0])), {"rows": documents})


@lru_cache
def _insert(model: type[SQLModel]) -> TextClause:
    table = str(model.__tablename__)
    columns = ", ".join(model.model_fields)
    return text(
        f"INSERT INTO {table} ({columns}) SELECT {columns}"  # noqa: S608 - names of our own models
        f" FROM jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb))"
        " ON CONFLICT DO NOTHING"
    )
