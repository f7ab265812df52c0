"""What stands around every page: errors that tell nothing, bodies that are small."""

import logging
import re
from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError

from desk.activation import LinkView, use
from models.links import LinkPurpose
from portal import links
from portal.guarding import MAX_BODY, describe
from rules.statuses import Status
from support.portal import mailed_link

SECRET = "A" * 43


async def fail(*_: object, **__: object) -> None:
    raise RuntimeError("statement with noura@example.com in it") from ValueError(SECRET)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A portal that fails whenever it looks at a link."""
    monkeypatch.setattr(links, "look", fail)


async def test_an_error_is_a_page_with_a_number_and_nothing_else(
    browser: httpx.AsyncClient, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    """The number on the page is the one in the log."""
    page = await browser.get(f"/activate/{SECRET}")

    number = re.search(r'Error number: <bdi dir="ltr">([0-9a-f]{8})</bdi>', page.text)
    assert page.status_code == 500
    assert number is not None
    assert number[1] in caplog.text
    assert "RuntimeError" not in page.text


async def test_the_log_of_an_error_holds_neither_the_token_nor_the_error_s_text(
    browser: httpx.AsyncClient, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    """Kinds of error and places in the code are enough to find it."""
    caplog.set_level(logging.DEBUG, "mumaris")

    await browser.get(f"/activate/{SECRET}")

    ours = "\n".join(record.getMessage() for record in caplog.records if "mumaris" in record.name)
    assert "RuntimeError at" in ours
    assert "test_guarding.py" in ours
    assert SECRET not in ours
    assert "noura" not in ours
    assert not any(record.exc_info for record in caplog.records)


def test_describing_an_error_names_what_it_came_from() -> None:
    """The kinds from the last to the first, without a word of theirs."""
    error = RuntimeError("secret")
    error.__cause__ = ValueError("secret")

    assert describe(error) == "RuntimeError at ; from ValueError at "


async def test_a_database_that_is_away_is_told_to_be_temporary(
    browser: httpx.AsyncClient, away: None
) -> None:
    """503 with Retry-After; the link is not lost."""
    page = await browser.get(f"/activate/{SECRET}")

    assert page.status_code == 503
    assert page.headers["retry-after"] == "10"
    assert "your link is not lost" in page.text


async def test_a_press_is_not_lost_while_the_database_restarts(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first try meets a closed door, the next one does the work."""
    link = await mailed_link()
    failures = [OperationalError("statement", {}, Exception())]

    async def closed_once(token: str, purpose: LinkPurpose, *, now: datetime) -> LinkView:
        if failures:
            raise failures.pop()
        return await use(token, purpose, now=now)

    monkeypatch.setattr(links, "use", closed_once)

    pressed = await browser.post(f"/activate/{link.token}")

    assert (failures, pressed.status_code) == ([], 303)
    assert await link.status() == Status.ACTIVATED


async def test_without_its_database_the_portal_is_not_healthy(
    browser: httpx.AsyncClient, away: None
) -> None:
    """The stack is told, without details of where the database is."""
    answer = await browser.get("/health")

    assert answer.status_code == 503
    assert answer.json() == {"status": "unhealthy", "because": "OperationalError"}


async def test_a_large_body_is_refused_before_anything_is_done(
    browser: httpx.AsyncClient,
) -> None:
    """Ten megabytes on the activation button activate nothing."""
    link = await mailed_link()

    page = await browser.post(f"/activate/{link.token}", content=b"x" * 10_000_000)

    assert page.status_code == 413
    assert "These pages take no files" in page.text
    assert await link.status() == Status.AWAITING_ACTIVATION


async def test_a_large_body_without_a_length_is_refused_as_well(portal: FastAPI) -> None:
    """It is counted as it comes, and the rest is not read."""
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 1000

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(portal), base_url="http://portal.test"
    ) as client:
        page = await client.post("/track", content=endless())

    assert page.status_code == 413
    assert taken <= MAX_BODY // 1000 + 2
