"""The database's disk is full for a while: nothing is lost, and all goes on when there is room.

PostgreSQL's own error (53100), raised by a trigger: a disk cannot be filled for one test alone.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from models.database import transaction
from models.letters import Letter
from models.requests import Request
from models.statements import execute
from rules.requests.letter_status import LetterStatus
from support.faults import Parts, all_end_activated, people_act, submit_specialty, until

FULL = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM nextval('refusals');
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
END $$
"""


async def say(statement: str) -> int:
    """Run the statement; a number where it tells one."""
    async with transaction() as session:
        told = await execute(session, text(statement))
        return int(told.scalar_one()) if told.returns_rows else 0


@asynccontextmanager
async def no_room_for(what: str, table: str) -> AsyncIterator[None]:
    """The table takes no more of this until the block is left."""
    await say("CREATE SEQUENCE refusals")
    await say(FULL)
    await say(f"CREATE TRIGGER no_room BEFORE {what} ON {table} EXECUTE FUNCTION no_room()")
    try:
        yield
    finally:
        await say(f"DROP TRIGGER no_room ON {table}")
        await say("DROP FUNCTION no_room()")
        await say("DROP SEQUENCE refusals")


async def refused_often() -> bool:
    """Whether what was refused was tried again, more than once."""
    return await say("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM refusals") >= 4


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("what", "table"),
    [("INSERT", "request_events"), ("UPDATE", "requests"), ("INSERT OR UPDATE", "letters")],
)
async def test_all_goes_on_when_there_is_room_again(parts: Parts, what: str, table: str) -> None:
    """Whichever row found none: every request comes into force, and no e-mail was given up."""
    requests = [await submit_specialty(table) for _ in range(3)]
    codes = [request.tracking_code for request in requests]
    async with no_room_for(what, table):
        with parts.worker() as worker:
            await until(refused_often, "it was refused and tried again", within=120)
            assert worker.is_running()

    with parts.worker():
        await asyncio.wait_for(people_act(parts.post, *codes), 600)
        await all_end_activated(parts, *codes)
    assert await statuses_of_letters(codes) == {LetterStatus.SENT}


async def statuses_of_letters(codes: list[str]) -> set[LetterStatus]:
    async with transaction() as session:
        query = (
            select(Letter.status)
            .join(Request, col(Letter.request_id) == col(Request.id))
            .where(col(Request.tracking_code).in_(codes))
        )
        return set((await session.exec(query)).all())
