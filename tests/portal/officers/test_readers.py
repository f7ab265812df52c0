"""Who else reads a case, as its page is told while it is open."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from playwright.async_api import Page, expect
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from models.accounts.sessions import AccountSession
from models.database import transaction
from portal.officers import readers
from portal.officers.readers import READERS, Streams
from portal.web.cookies import Cookie, cookie_name
from rules.accounts.kinds import Role
from support.browsing import served
from support.people import register_people
from support.portal import Clock
from support.requests import request_at_gate
from support.screens import screen
from support.staff import Staff, ready
from support.uploads import name_a_shelf

from .test_in_a_browser import sign_in


@asynccontextmanager
async def listening(
    site: str, browser: httpx.AsyncClient, code: str
) -> AsyncIterator[AsyncIterator[str]]:
    """The lines that this officer's browser hears."""
    cookies = {name: browser.cookies[name] for name in (cookie_name(Cookie.SESSION),)}
    async with (
        httpx.AsyncClient(base_url=site, cookies=cookies, timeout=60) as client,
        client.stream("GET", READERS + code) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        yield answer.aiter_lines()


async def heard(lines: AsyncIterator[str]) -> Any:
    """The next that is told."""
    async for line in lines:
        if line.startswith("data: "):
            return json.loads(line.removeprefix("data: "))
    raise AssertionError("nothing more is told")


async def test_an_officer_hears_who_comes_and_goes(
    portal: FastAPI,
    browser: httpx.AsyncClient,
    other: httpx.AsyncClient,
    officer: Staff,
    second: Staff,
) -> None:
    """Each of the other, by name, within seconds."""
    code = await request_at_gate()
    async with served(portal) as site, listening(site, browser, code) as lines:
        alone = await heard(lines)
        async with listening(site, other, code) as others:
            assert await heard(others) == [officer.user_name]
            assert await heard(lines) == [second.user_name]
        gone = await heard(lines)

    assert (alone, gone) == ([], [])


async def test_a_stream_ends_by_itself_and_is_not_seen_gone(
    portal: FastAPI,
    browser: httpx.AsyncClient,
    officer: Staff,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So whoever has left the house hears nothing more; a browser comes back within a second."""
    monkeypatch.setattr(readers, "_LONGEST", 0.1)
    monkeypatch.setattr(readers, "_EVERY", 0.2)
    code = await request_at_gate()
    async with served(portal) as site:
        async with listening(site, browser, code) as lines:
            all_of_it = [line async for line in lines if line]
        left = await readers.still_reads(readers.uuid4(), code, "somebody")

    assert all_of_it == ["retry: 1000", "data: []"]
    assert left == (officer.user_name,)


async def test_where_the_database_is_away_it_ends_silently(
    portal: FastAPI,
    browser: httpx.AsyncClient,
    officer: Staff,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is comfort, and no line of a log."""

    async def away(*_: object) -> tuple[str, ...]:
        raise OperationalError("", {}, Exception(), connection_invalidated=True)

    monkeypatch.setattr(readers, "still_reads", away)
    monkeypatch.setattr(readers, "is_passing", lambda fault: isinstance(fault, OperationalError))
    code = await request_at_gate()
    async with served(portal) as site, listening(site, browser, code) as lines:
        all_of_it = [line async for line in lines if line]

    assert all_of_it == ["retry: 1000"]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_only_so_many_are_told_at_once(
    portal: FastAPI, browser: httpx.AsyncClient, officer: Staff
) -> None:
    """One more comes back later."""
    portal.state.streams = Streams(of_one=1)
    code = await request_at_gate()
    async with served(portal) as site, listening(site, browser, code) as lines:
        await heard(lines)
        async with listening(site, browser, code) as more:
            refused = [line async for line in more if line]

    assert refused == ["retry: 60000"]


@pytest.mark.parametrize("most", [{"most": 1}, {"of_one": 1}])
def test_a_place_is_free_again_when_it_is_left(most: dict[str, int]) -> None:
    """Of all, and of one officer."""
    streams = Streams(**most)
    with streams.place("amal") as first, streams.place("amal") as second:
        assert (first, second) == (True, False)
    with streams.place("amal") as again:
        assert again


async def test_a_page_that_is_only_open_keeps_no_session(
    browser: httpx.AsyncClient, clock: Clock, officer: Staff
) -> None:
    """Else a screen that is left on would be signed in for ever."""
    code = "AAAA-AAAA"
    before = await seen_at()
    clock.forward(timedelta(minutes=5))
    await browser.get(READERS + code)
    listened = await seen_at()
    await browser.get("/desk")

    assert (listened - before, await seen_at() - before) == (timedelta(), timedelta(minutes=5))


async def seen_at() -> Any:
    """When the one session was used last."""
    async with transaction() as session:
        rows = (await session.exec(select(AccountSession))).all()
    return max(row.seen_at for row in rows)


@pytest.mark.parametrize(
    ("roles", "status"), [({Role.OPERATOR}, 403), ({Role.AUDITOR}, 403), (set(), 303)]
)
async def test_nobody_else_hears_it(
    browser: httpx.AsyncClient, sign_in: Any, roles: set[Role], status: int
) -> None:
    """Neither officers who decide nothing, nor nobody; practitioners: tests/portal."""
    await sign_in(*(roles or {Role.OFFICER}))
    if not roles:
        browser.cookies.clear()
    code = await request_at_gate()

    assert (await browser.get(READERS + code)).status_code == status


async def test_a_process_that_is_told_to_stop_ends_its_streams(
    portal: FastAPI, browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Else it would wait for them."""
    code = await request_at_gate()
    async with served(portal) as site, listening(site, browser, code) as lines:
        await heard(lines)
        portal.state.streams.are_over = True
        assert [line async for line in lines if line.startswith("data")] == []


async def test_it_is_told_on_the_page(
    portal: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Arabic and in English; never oneself; gone when the other page is closed."""
    name_a_shelf(tmp_path, monkeypatch)
    await register_people()
    code = await request_at_gate()
    (amal, her_app), (basim, his_app) = await ready(Role.OFFICER), await ready(Role.OFFICER)
    async with served(portal) as site, screen(locale="ar-SA") as first:
        await opened(first, site, amal, her_app, f"{site}/desk/cases/{code}?lang=ar")
        told = first.locator("[data-readers]")
        async with screen(locale="en") as second:
            await opened(second, site, basim, his_app, f"{site}/desk/cases/{code}?lang=en")
            await expect(told).to_contain_text(f"يطّلع على هذا الطلب الآن أيضًا: {basim.user_name}")
            await expect(second.locator("[data-readers]")).to_have_text(
                f"Also reading this case now: {amal.user_name}"
            )
            await expect(second.locator("[data-readers] bdi")).to_have_count(1)
            await second.goto(f"{site}/desk?lang=en")
            await expect(told).to_be_hidden()


async def opened(page: Page, site: str, staff: Staff, app: Any, address: str) -> None:
    """The case before this officer."""
    await sign_in(page, site, staff, app)
    await page.goto(address)
    await expect(page.locator("[data-readers]")).to_be_hidden()
