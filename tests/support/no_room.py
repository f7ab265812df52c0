"""A disk that is full for the database.

PostgreSQL's own error (53100), raised by a trigger: a disk cannot be filled for one test alone.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from models.database import transaction
from models.statements import execute

FULL = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM nextval('refusals');
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
END $$
"""


@asynccontextmanager
async def no_room_for(what: str, *tables: str) -> AsyncIterator[None]:
    """The tables take no more of this until the block is left."""
    await _say("CREATE SEQUENCE refusals")
    await _say(FULL)
    for table in tables:
        await _say(f"CREATE TRIGGER no_room BEFORE {what} ON {table} EXECUTE FUNCTION no_room()")
    try:
        yield
    finally:
        for table in tables:
            await _say(f"DROP TRIGGER no_room ON {table}")
        await _say("DROP FUNCTION no_room()")
        await _say("DROP SEQUENCE refusals")


async def refused_often() -> bool:
    """Whether what was refused was tried again, more than once."""
    return await _say("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM refusals") >= 4


async def _say(statement: str) -> int:
    """Run the statement; a number where it tells one."""
    async with transaction() as session:
        told = await execute(session, text(statement))
        return int(told.scalar_one()) if told.returns_rows else 0
