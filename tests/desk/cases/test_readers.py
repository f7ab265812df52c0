"""Who else reads a case at this moment."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlmodel import select

from desk.cases.readers import are_readers_told, reads_no_more, still_reads
from desk.officers import OwnRequest
from models.case_readers import CaseReader
from models.clock import database_now
from models.database import transaction
from models.officers import Officer, OfficerUnknown
from models.practitioners import find_practitioner
from models.requests import RequestUnknown
from support.people import NOURA, register_people
from support.policies import policy_with
from support.requests import NOW, rejected, request_at_gate

CODE = "AAAA-AAAA"


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def rows() -> list[CaseReader]:
    """All that there are."""
    async with transaction() as session:
        return list((await session.exec(select(CaseReader))).all())


async def test_each_is_told_of_the_others_and_never_of_oneself() -> None:
    """Once, however many pages of it they have open; not of who reads another case."""
    await still_reads(uuid4(), CODE, "basim")
    await still_reads(uuid4(), CODE, "basim")
    await still_reads(uuid4(), "BBBB-BBBB", "rahul")

    assert await still_reads(uuid4(), CODE, "amal") == ("basim",)
    assert await still_reads(uuid4(), CODE, "amal") == ("basim",)
    assert await still_reads(uuid4(), CODE, "basim") == ("amal",)


async def test_a_page_that_is_closed_is_gone_at_once() -> None:
    """Closed twice, it is the same."""
    page = uuid4()
    await still_reads(page, CODE, "basim")

    await reads_no_more(page)
    await reads_no_more(page)

    assert await still_reads(uuid4(), CODE, "amal") == ()


async def test_whoever_vanished_is_told_of_no_more() -> None:
    """By the database's clock; what is left of them is cleared away with the next page."""
    page, own = uuid4(), uuid4()
    await still_reads(page, CODE, "basim")
    async with transaction() as session:
        now = await database_now(session)
        row = await session.get_one(CaseReader, page)
        assert timedelta() < row.until - now <= timedelta(seconds=8)
        row.until = now

    assert await still_reads(own, CODE, "amal") == ()
    await reads_no_more(own)
    assert await rows() == []


async def test_a_page_that_stays_open_stays_told_of() -> None:
    """One row of it, that lasts from then on."""
    page = uuid4()
    await still_reads(page, CODE, "basim")
    [before] = await rows()

    await still_reads(page, CODE, "basim")

    [after] = await rows()
    assert after.until > before.until


async def test_it_is_told_at_the_gate_where_policy_says_so(tmp_path: Path) -> None:
    """Of what is decided nobody is told, nor of one's own."""
    code = await request_at_gate()

    assert await are_readers_told(code, "amal")
    with policy_with(tmp_path, ("show_readers = true", "show_readers = false")):
        assert not await are_readers_told(code, "amal")
    with pytest.raises(OfficerUnknown):
        await are_readers_told(code, "retired")
    with pytest.raises(RequestUnknown):
        await are_readers_told(CODE, "amal")
    async with transaction() as session:
        own = await find_practitioner(session, NOURA["registration_number"])
        (await session.get_one(Officer, "basim")).practitioner_id = own.id
    with pytest.raises(OwnRequest):
        await are_readers_told(code, "basim")
    await rejected(code, NOW)
    assert not await are_readers_told(code, "amal")
