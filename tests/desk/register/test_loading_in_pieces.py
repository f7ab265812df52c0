"""Loading a large register holds nobody up, and goes on after whatever stopped it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.register import in_chunks, loading
from desk.register.checks import HoldersNotOnRegister, IdentityNumbersOfOthers
from desk.register.files import RegisterFiles
from desk.register.loading import LoadReport, LoadStopped, load_register
from models.connections import PAGES, STEPS, Limits, limited
from models.database import engine, transaction
from models.practitioners import Practitioner, find_practitioner
from models.statements import execute
from support.people import NOURA, luhn_number
from support.racing import until_somebody_waits

pytestmark = pytest.mark.usefixtures("database")
#: Nobody waits for a test.
HURRIED = Limits(statement=30, lock=10, idle=30, retries=(0.05,) * 3)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_chunks, "CHUNK", 10)


def register(people: int, *, mobile: str = "+966550000000", **more: Any) -> RegisterFiles:
    """Files of so many practitioners, all with this mobile number."""
    numbers = [f"7{n:07}" for n in range(people)]
    practitioners = {
        number: NOURA
        | {
            "registration_number": number,
            "identity_number": luhn_number(number),
            "preferred_language": "ar",
            "mobile": mobile,
        }
        for number in numbers
    }
    nothing: dict[str, Any] = {"officers": {}, "official": {}, "cards": {}, "ledger": []}
    return RegisterFiles(practitioners=practitioners, **nothing | more)


async def on_file(mobile: str) -> int:
    """How many practitioners have this mobile number."""
    async with transaction() as session:
        query = select(func.count()).where(col(Practitioner.mobile) == mobile)
        return (await session.exec(query)).one()


@asynccontextmanager
async def pressed(number: str) -> AsyncIterator[AsyncSession]:
    """Somebody has this practitioner's row, as an activation has."""
    async with transaction() as session:
        await find_practitioner(session, number, lock=True)
        yield session


async def blocked() -> None:
    """Wait until somebody waits for a lock."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    while True:
        async with transaction() as session:
            if (await execute(session, waiting)).scalar_one():
                return
        await asyncio.sleep(0.01)


@pytest.mark.usefixtures("shipped_limits")
async def test_a_press_does_not_wait_for_a_load() -> None:
    """The load meets a row that somebody holds: it gives back what it has, and comes again."""
    await load_register(register(30))
    new = "+966551111111"

    async with pressed("70000005"):
        load = asyncio.create_task(load_register(register(30, mobile=new)))
        await blocked()
        with limited(PAGES):  # two seconds for a lock, as for anybody in the portal
            for number in ("70000000", "70000004", "70000029"):
                async with pressed(number):
                    pass
        assert not load.done()
    report = await load

    assert report.practitioners.changed == 30
    assert await on_file(new) == 30


@pytest.mark.usefixtures("shipped_limits")
async def test_presses_all_along_are_answered() -> None:
    """While a file is written, every press of a page gets its row within a page's limits."""
    await load_register(register(300))
    load = asyncio.create_task(load_register(register(300, mobile="+966551111111")))
    presses = 0

    with limited(PAGES):
        while not load.done():
            async with pressed(f"7{presses * 37 % 300:07}"):
                presses += 1

    assert (await load).practitioners.changed == 300
    assert presses > 0


async def test_a_load_that_was_killed_goes_on() -> None:
    """What was written stays; run again it writes the rest."""
    new = "+966551111111"
    await load_register(register(40))
    async with pressed("70000025"):
        load = asyncio.create_task(load_register(register(40, mobile=new)))
        await blocked()
        load.cancel()
        await asyncio.gather(load, return_exceptions=True)
    written = await on_file(new)

    report = await load_register(register(40, mobile=new))

    assert written == 20
    assert (report.practitioners.unchanged, report.practitioners.changed) == (20, 20)


async def test_a_load_survives_the_loss_of_its_connections() -> None:
    """A restart of the database costs a moment."""
    new = "+966551111111"
    await load_register(register(40))
    async with pressed("70000025") as session:
        load = asyncio.create_task(load_register(register(40, mobile=new)))
        await blocked()
        others = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await execute(session, others)

    assert (await load).practitioners.changed == 40
    await engine().dispose()


async def test_a_load_that_cannot_go_on_says_what_it_did() -> None:
    """After it has tried for a while."""
    await load_register(register(40))

    async with pressed("70000025"):
        with limited(HURRIED), pytest.raises(LoadStopped, match="run the command again") as stopped:
            await load_register(register(40, mobile="+966551111111"))

    assert stopped.value.report.practitioners.changed == 20


async def test_two_loads_at_once_both_end() -> None:
    """Each row is added once, by one of them."""
    reports: list[LoadReport] = await asyncio.gather(
        load_register(register(60)), load_register(register(60))
    )

    assert sum(report.practitioners.added for report in reports) == 60
    assert sum(report.practitioners.unchanged for report in reports) == 60


async def test_a_number_that_an_activation_takes_meanwhile_is_told_by_its_owner() -> None:
    """It was free when the file was judged; the pieces before it stay, and a right file goes on."""
    await load_register(register(30))
    files, taken = register(40), luhn_number("70000035")
    async with transaction() as session:
        owner = await find_practitioner(session, "70000003")
        owner.identity_number, owner.version = taken, 2
        await session.flush()
        load = asyncio.create_task(load_register(without(files, "70000003")))
        await until_somebody_waits()

    with pytest.raises(IdentityNumbersOfOthers, match=r"^identity_number: ") as refused:
        await load

    assert refused.value.owners == {"70000035": "70000003"}
    report = await load_register(without(files, "70000003", "70000035"))
    assert (report.practitioners.added, report.practitioners.unchanged) == (8, 30)


def without(files: RegisterFiles, *numbers: str) -> RegisterFiles:
    """The files without these practitioners."""
    people = {key: value for key, value in files.practitioners.items() if key not in numbers}
    return replace(files, practitioners=people)


async def test_nothing_is_written_before_everything_is_judged() -> None:
    """The last line of the last file is wrong, and the first piece is not there."""
    with pytest.raises(HoldersNotOnRegister, match="99999999"):
        await load_register(register(30, cards={"99999999": None}))

    async with transaction() as session:
        assert (await session.exec(select(func.count()).select_from(Practitioner))).one() == 0


@pytest.mark.usefixtures("shipped_limits")
def test_a_piece_waits_for_a_lock_less_than_anybody_else() -> None:
    """So that whoever presses is never the one who gives up."""
    assert loading._PIECE.lock < PAGES.lock < STEPS.lock
