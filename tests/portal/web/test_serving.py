"""The portal as it is served: slow connections, crowds, and a log that holds no address."""

import asyncio
import logging
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from socket import create_connection, socket

import httpx
import pytest
from fastapi import FastAPI
from uvicorn import Server

from desk.clock import utc_now
from portal.officers.readers import READERS
from portal.web import connections
from portal.web.connections import NotAgain
from portal.web.cookies import Cookie, cookie_name
from portal.web.serving import configuration
from stack.ports import HOST
from stack.processes import Child
from support.people import register_people
from support.portal import mailed_link
from support.portal_process import portal_process
from support.requests import request_at_gate
from support.signed_in import session_of

CROWD = 1_100


@pytest.fixture
def descriptors() -> Iterator[None]:
    """Enough for the crowd; it is all in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, CROWD + 500)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def served(database: str, repository: Path) -> Iterator[tuple[int, Child]]:
    """The portal in a process of its own, on this port."""
    with portal_process(repository) as served:
        yield served


def slow(port: int) -> socket:
    """A connection that begins a request and does not end it."""
    made = create_connection((HOST, port), timeout=30)
    made.sendall(b"GET /activate/SECRET HTTP/1.1\r\nHost: portal.test\r\nX-")
    return made


async def test_a_crowd_of_slow_connections_keeps_nobody_out(
    served: tuple[int, Child], descriptors: None
) -> None:
    """1,100 that never end a request; who does is answered, and the log stays small."""
    port, child = served
    with ExitStack() as crowd:
        for _ in range(CROWD):
            crowd.enter_context(await asyncio.to_thread(slow, port))
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=60) as browser:
            pages = [await browser.get("/") for _ in range(5)]
            health = await browser.get("/health")

    log = child.log.read_bytes()
    assert [page.status_code for page in pages] == [200] * 5
    assert health.status_code == 200
    assert len(log) < 10_000
    assert b"SECRET" not in log


async def test_a_websocket_s_address_is_not_logged(served: tuple[int, Child]) -> None:
    """Nor is that of any other request; a broken one is told of once."""
    port, child = served
    # That portal is another process, which nobody gives the time of these tests.
    link = await mailed_link(now=utc_now())
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=60) as browser:
        answer = await browser.get(f"/activate/{link.token}", headers=upgrade)
        await browser.post(f"/activate/{link.token}", content=b"x" * 9000)
    for _ in range(50):
        with create_connection((HOST, port), timeout=30) as broken:
            broken.sendall(f"BROKEN {link.token}\r\n\r\n".encode())
            broken.recv(1000)

    log = child.log.read_text()
    assert answer.status_code == 200
    assert link.token not in log
    assert log.count("Invalid HTTP request") == 1


async def test_told_to_stop_it_ends_what_is_open(served: tuple[int, Child]) -> None:
    """A page that is told who else reads a case would hold it up; the stream ends in order."""
    port, child = served
    await register_people()
    code = await request_at_gate()
    cookies = {cookie_name(Cookie.SESSION): await session_of("amal")}
    async with (
        httpx.AsyncClient(base_url=f"http://{HOST}:{port}", cookies=cookies, timeout=60) as browser,
        browser.stream("GET", READERS + code) as answer,
    ):
        lines = answer.aiter_lines()
        begun = await anext(lines)
        stopping = asyncio.create_task(asyncio.to_thread(child.stop))
        told = [line async for line in lines]
        await stopping

    assert (answer.status_code, begun[:6]) == (200, "retry:")
    assert told
    log = child.log.read_text()
    assert "Finished server process" in log
    assert "Cancel" not in log


@asynccontextmanager
async def here(portal: FastAPI, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """The portal served in this process, with little patience."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    config = configuration(portal, HOST, 0)
    config.log_config = None
    server = Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it by this flag alone
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: portal.test\r\n",
        # One whole request, and then the beginning of another one.
        b"GET /health HTTP/1.1\r\nHost: portal.test\r\n\r\nGET /",
    ],
)
async def test_a_request_that_does_not_come_is_not_waited_for(
    portal: FastAPI, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    """The connection is closed; what was whole has been answered."""
    async with here(portal, monkeypatch) as port:
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(begun)
        came = b""
        with suppress(ConnectionResetError):
            while part := await reader.read(4096):
                came += part
        writer.close()

    assert came.startswith(b"HTTP/1.1 ") == begun.endswith(b"GET /")


def test_a_message_is_let_through_once_in_a_while() -> None:
    """Another one is another matter."""
    once = NotAgain(seconds=1000)
    records = [logging.makeLogRecord({"msg": text}) for text in ("a", "a", "b", "a")]

    assert [once.filter(record) for record in records] == [True, False, True, False]
