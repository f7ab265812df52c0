"""The database's disk is full for a while: nothing is lost, and all goes on when there is room."""

import asyncio

import pytest
from sqlmodel import col, select

from models.database import transaction
from models.letters import Letter
from models.requests import Request
from rules.requests.letter_status import LetterStatus
from support.faults import Parts, all_end_activated, people_act, submit_specialty, until
from support.no_room import no_room_for, refused_often


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
