"""One locked row and many presses: the portal goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from models.connections import open_connection
from models.database import transaction
from models.requests import find_request
from portal.web.hurrying import Room, TooManyAtOnce
from rules.requests.statuses import Status
from support.accounts import sign_in_as, with_password
from support.faults import until
from support.portal import SURE, Mailed, mailed_link

PRESSES = 25


@asynccontextmanager
async def locked(link: Mailed) -> AsyncIterator[None]:
    """Somebody holds the request's row and does not let it go."""
    async with transaction() as session:
        await find_request(session, link.code, lock=True)
        yield


def pressing(browser: httpx.AsyncClient, link: Mailed) -> "asyncio.Task[httpx.Response]":
    """The link's button, pressed."""
    return asyncio.create_task(browser.post(f"/activate/{link.token}", data=SURE))


@pytest.mark.usefixtures("shipped_limits")
async def test_a_press_that_meets_a_lock_is_answered_at_once(browser: httpx.AsyncClient) -> None:
    """503 with Retry-After, after the one limit and not after many tries; nothing has changed."""
    link = await mailed_link()

    async with locked(link):
        page = await browser.post(f"/activate/{link.token}", data=SURE)

    assert page.status_code == 503
    assert page.headers["retry-after"] == "10"
    assert await link.status() == Status.AWAITING_ACTIVATION


async def test_other_pages_are_shown_while_every_press_waits_for_one_row(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Presses have their own half of the connections."""
    monkeypatch.setenv("MUMARIS_DATABASE_POOL", "2")
    link, other = await mailed_link(), await mailed_link()

    async with locked(link):
        presses = [pressing(browser, link) for _ in range(PRESSES)]
        await waiting_for_the_row(2)
        shown = await browser.get(f"/activate/{other.token}")
        health = await browser.get("/health")
        still = [press for press in presses if not press.done()]
    answers = await asyncio.gather(*presses)

    assert len(still) == PRESSES
    assert (shown.status_code, health.status_code) == (200, 200)
    assert {answer.status_code for answer in answers} == {303}


@pytest.mark.usefixtures("shipped_limits")
async def test_a_crowd_that_waits_for_one_row_is_sent_away(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those who have a connection after the limit of a lock, the others after that of the pool."""
    monkeypatch.setenv("MUMARIS_DATABASE_POOL", "2")
    link = await mailed_link()

    async with locked(link):
        answers = await asyncio.gather(*(pressing(browser, link) for _ in range(PRESSES)))

    assert {answer.status_code for answer in answers} == {503}
    assert {answer.headers["retry-after"] for answer in answers} == {"10"}


@pytest.mark.usefixtures("shipped_limits")
async def test_after_the_lock_a_press_works(browser: httpx.AsyncClient) -> None:
    """Every place is given back, whatever became of its press."""
    link = await mailed_link()
    async with locked(link):
        await asyncio.gather(
            *(browser.post(f"/activate/{link.token}", data=SURE) for _ in range(PRESSES))
        )

    page = await browser.post(f"/activate/{link.token}", data=SURE)

    assert page.status_code == 303
    assert await link.status() == Status.ACTIVATED


async def test_what_only_reads_is_not_counted_as_a_press(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail scanner that opens a hundred links keeps nobody from pressing."""
    monkeypatch.setenv("MUMARIS_DATABASE_POOL", "1")
    link = await mailed_link()

    pages = await asyncio.gather(
        *(browser.get(f"/activate/{link.token}") for _ in range(20)),
        browser.post(f"/activate/{link.token}", data=SURE),
    )

    assert pages[-1].status_code == 303


async def waiting_for_the_row(number: int) -> None:
    """Return when so many sessions wait for a lock."""
    looking = await open_connection("looking")

    async def they_wait() -> bool:
        found = await looking.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return await found.fetchone() == (number,)

    async with looking:
        await until(they_wait, "the presses wait for the row")


async def test_a_crowd_is_served_one_after_the_other() -> None:
    """Nobody is sent away while the places are given on, however long the last one waits."""
    room, served = Room(1, seconds=2), 0

    async def somebody() -> None:
        nonlocal served
        async with room.place():
            await asyncio.sleep(0.2)
            served += 1

    await asyncio.gather(*(somebody() for _ in range(15)))

    assert served == 15


async def test_who_stands_before_a_door_that_does_not_move_is_told() -> None:
    """Also where others have waited before; the place is free for the next one."""
    room, go_on = Room(1, seconds=0.2), asyncio.Event()

    async def stuck() -> None:
        async with room.place():
            await go_on.wait()

    async def somebody() -> None:
        async with room.place():
            pass

    inside = asyncio.create_task(stuck())
    gone = asyncio.create_task(somebody())
    await asyncio.sleep(0)
    gone.cancel()
    waiting = await asyncio.gather(somebody(), somebody(), return_exceptions=True)
    go_on.set()
    await inside
    await somebody()

    assert [type(each) for each in waiting] == [TooManyAtOnce, TooManyAtOnce]


async def test_passwords_and_files_have_no_part_in_the_presses_places(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody signs in, and the page has its style sheet, while every press waits for one row."""
    monkeypatch.setenv("MUMARIS_DATABASE_POOL", "2")
    link = await mailed_link()
    member = await with_password()

    async with locked(link):
        presses = [pressing(browser, link) for _ in range(2)]
        await waiting_for_the_row(2)
        styles = await browser.get("/portal.css")
        signed_in = await sign_in_as(browser, member)
    await asyncio.gather(*presses)

    assert (styles.status_code, signed_in.status_code) == (200, 303)
