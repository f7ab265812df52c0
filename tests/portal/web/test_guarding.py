"""What stands around every page: errors that tell nothing, bodies that are small."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from starlette.types import Message, Scope

from desk.requests.activation import use
from desk.requests.link_views import LinkView
from models.links import LinkPurpose
from portal.public import activation
from portal.web import guarding
from portal.web.guarding import MAX_BODY, describe
from rules.errors import MumarisError
from rules.requests.statuses import Status
from support.portal import SURE, mailed_link

SECRET = "A" * 43


async def fail(*_: object, **__: object) -> None:
    raise RuntimeError("statement with noura@example.com in it") from ValueError(SECRET)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A portal that fails whenever it looks at a link."""
    monkeypatch.setattr(activation, "look", fail)


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


@pytest.mark.parametrize("branch", MumarisError.__subclasses__(), ids=lambda each: each.__name__)
async def test_an_error_of_ours_is_answered_as_its_branch_says(
    browser: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    branch: type[MumarisError],
) -> None:
    """The log gets a number only for what is ours to mend."""

    async def refuse(*_: object, **__: object) -> None:
        raise branch("words of an error")

    monkeypatch.setattr(activation, "look", refuse)

    page = await browser.get(f"/activate/{SECRET}")

    assert page.status_code == branch.page_status
    assert "words of an error" not in page.text
    assert ("Error number" in page.text) is ("error " in caplog.text) is (page.status_code >= 500)
    assert ("retry-after" in page.headers) is (page.status_code == 503)


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
    assert "Your link is not affected" in page.text


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

    monkeypatch.setattr(activation, "use", closed_once)

    pressed = await browser.post(f"/activate/{link.token}", data=SURE)

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
    assert "These pages do not accept files" in page.text
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


def scope_of(path: str, *headers: tuple[bytes, bytes]) -> Scope:
    """A POST as the server hands it on."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"portal.test"), *headers],
        "client": ("192.0.2.1", 40000),
        "server": ("portal.test", 80),
    }


async def answers(portal: FastAPI, scope: Scope, *messages: Message) -> list[Message]:
    """What the portal answers to these messages; after them nothing comes."""
    coming, sent = list(messages), []

    async def receive() -> Message:
        if not coming:
            await asyncio.Event().wait()
        return coming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await portal(scope, receive, send)
    return sent


PART: Message = {"type": "http.request", "body": b"seen=12", "more_body": True}
GONE: Message = {"type": "http.disconnect"}
WHOLE: Message = {"type": "http.request", "body": b"seen=12", "more_body": False}


@pytest.mark.parametrize("came", [(), (PART,), (PART, PART)])
async def test_a_press_that_is_cut_off_does_nothing(
    portal: FastAPI, came: tuple[Message, ...]
) -> None:
    """The network failed, or the reader closed the page, before all of it had come."""
    link = await mailed_link()
    scope = scope_of(f"/activate/{link.token}", (b"content-length", b"100"))

    sent = await answers(portal, scope, *came, GONE)

    assert sent == []
    assert await link.status() == Status.AWAITING_ACTIVATION


@pytest.mark.parametrize("announced", [b"6", b"8", b"0", b"seven", b"-7", b"7, 7", "٧".encode()])
async def test_a_press_of_another_length_than_announced_does_nothing(
    portal: FastAPI, announced: bytes
) -> None:
    """What a proxy lost or added is not guessed."""
    link = await mailed_link()
    scope = scope_of(f"/activate/{link.token}", (b"content-length", announced))

    sent = await answers(portal, scope, WHOLE)

    assert sent[0]["status"] == 400
    assert await link.status() == Status.AWAITING_ACTIVATION


async def test_a_press_that_comes_too_slowly_does_nothing(
    portal: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """408, and the connection is closed: what is still to come is no new request."""
    monkeypatch.setattr(guarding, "BODY_SECONDS", 0.05)
    link = await mailed_link()
    scope = scope_of(f"/activate/{link.token}", (b"content-length", b"100"))

    sent = await answers(portal, scope, PART)

    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]
    assert await link.status() == Status.AWAITING_ACTIVATION


async def test_a_websocket_is_refused_without_a_word(
    portal: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    """Its address holds a token like any other."""
    link = await mailed_link()
    scope = {**scope_of(f"/activate/{link.token}"), "type": "websocket", "subprotocols": []}
    del scope["method"]

    sent = await answers(portal, scope, {"type": "websocket.connect"})

    assert sent == [{"type": "websocket.close", "code": 1008}]
    assert link.token not in caplog.text
