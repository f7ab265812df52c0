"""How requests come in: each with the first line of its history and all that is owed for it."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from models.door import Actor, line_of, telling
from models.inserting import document_of, insertion, keys_of, naming
from models.machines import TYPED_EMPLOYER
from models.requests import Request
from models.statements import execute
from rules.requests.events import EventName
from rules.requests.statuses import Status
from traces.work import note_begun


async def keep_submitted(
    session: AsyncSession,
    requests: Sequence[Request],
    *besides: Sequence[SQLModel],
    by: Actor,
    now: datetime,
) -> list[list[tuple[Any, ...]]]:
    """Keep new requests with the first line of their history and what names them, and ring.

    One statement, in the caller's transaction. ``besides`` are rows of other tables, each with its
    ``request_id``. A row whose key is there already stays as it was; a request that is not new is
    left out with all that names it. Returns of the requests, and then of each other table, the
    primary keys of the rows that are new, as JSON has them. Raises what the database says of any.
    """
    tables = (requests, *besides)
    filled = [place for place, rows in enumerate(tables) if rows]
    new: list[list[tuple[Any, ...]]] = [[] for _ in tables]
    if not requests:
        return new
    documents = {f"rows_{place}": document_of(tables[place]) for place in filled}
    line = line_of(EventName.SUBMITTED, by, now, Status.SUBMITTED)
    statement = _keeping(tuple((place, type(tables[place][0])) for place in filled))
    for place, key in await execute(session, statement, line | documents):
        new[place].append(tuple(key))
    note_begun([UUID(key) for (key,) in new[0]])
    return new


_IF_NEW = "ON CONFLICT DO NOTHING RETURNING"


@lru_cache
def _keeping(models: tuple[tuple[int, type[SQLModel]], ...]) -> TextClause:
    """Of the tables at these places; the first is the requests'."""
    (place, first), *others = models
    told = f"""
        {insertion(first, f"rows_{place}")} {_IF_NEW}
        id, round, practitioner_id, {TYPED_EMPLOYER} AS typed_employer,
        CAST(NULL AS text) AS from_status
    """
    parts = [
        f", rows_of_{place} AS ({naming(each, f'rows_{place}')} {_IF_NEW} {keys_of(each)})"
        for place, each in others
    ]
    keys = [
        f"UNION ALL SELECT {place}, jsonb_build_array({keys_of(each)}) FROM rows_of_{place}"  # noqa: S608 - as below
        for place, each in others
    ]
    return text(f"""
        {telling(told)} {"".join(parts)}
        SELECT {place}, jsonb_build_array(told.id) FROM told, rung {" ".join(keys)}
    """)  # noqa: S608 - of our own words
