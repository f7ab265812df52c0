"""Senders that break off, dawdle, lie, or say far too much: over real connections."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from sqlmodel import func, select
from starlette.requests import ClientDisconnect
from starlette.types import Message
from uvicorn import Server

from models.database import transaction
from models.documents.documents import Upload
from portal.documents import bodies
from portal.documents.bodies import body_of
from portal.documents.forms import FormRefused
from portal.web.serving import configuration
from stack.ports import HOST
from support.document_files import EXAMPLES
from support.documents import files_below
from support.people import Applicant
from support.sent_forms import HEADERS, TYPE, letter, practitioner

LETTER = (EXAMPLES / "employer-letter.pdf").read_bytes()
FORM = letter(LETTER)
MIB = 2**20
#: Seconds; ends a test that waits in vain.
AT_MOST = 120


@pytest.fixture
async def port(documents: FastAPI) -> AsyncIterator[int]:
    """Where the application is served, as the portal is."""
    config = configuration(documents, HOST, 0)
    config.log_config = None
    server = Server(config)
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(AT_MOST):
        while not server.started:  # noqa: ASYNC110 - uvicorn tells it by this flag alone
            await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


def head(applicant: Applicant, **headers: str) -> bytes:
    """What stands before a body."""
    said = {"Host": HOST, **HEADERS, **practitioner(applicant.registration_number), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"POST /documents HTTP/1.1\r\n{lines}\r\n".encode()


def length(of: int) -> dict[str, str]:
    return {"Content-Length": f"{of}"}


@asynccontextmanager
async def connected(
    port: int,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        async with asyncio.timeout(AT_MOST):
            yield reader, writer
    finally:
        writer.close()


async def answer_to(port: int, *sent: bytes, then_close: bool = False) -> tuple[int, bytes]:
    """The status and the body of what is answered; all is sent before anything is read."""
    async with connected(port) as (reader, writer):
        for each in sent:
            writer.write(each)
            await writer.drain()
        if then_close:
            writer.write_eof()
        return await answered(reader)


async def answered(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    said = await reader.readuntil(b"\r\n\r\n")
    size = int(said.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    return int(said.split()[1]), await reader.readexactly(size)


async def rows() -> int:
    async with transaction() as session:
        return (await session.exec(select(func.count()).select_from(Upload))).one()


async def until(holds: Callable[[], bool]) -> None:
    """Wait for it."""
    async with asyncio.timeout(AT_MOST):
        while not holds():  # noqa: ASYNC110 - the other side tells nobody
            await asyncio.sleep(0.01)


async def is_all(folder: Path, documents: int = 0) -> None:
    """Wait until nothing is on its way; so many are kept then, in the store and as rows."""
    await until(lambda: len(list(folder.glob("*"))) == documents)
    assert await rows() == documents


async def test_an_honest_sender_is_served(port: int, applicant: Applicant) -> None:
    """By its length or in chunks: what the others here are compared with."""
    by_length = await answer_to(port, head(applicant, **length(len(FORM))), FORM)
    chunks = b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (700, FORM[:700], len(FORM) - 700, FORM[700:])
    chunked = await answer_to(port, head(applicant, **{"Transfer-Encoding": "chunked"}), chunks)

    assert (by_length[0], chunked[0]) == (201, 201)


@pytest.mark.parametrize("tenth", range(11))
async def test_a_connection_that_is_cut_leaves_nothing(
    port: int, applicant: Applicant, folder: Path, tenth: int
) -> None:
    """At each tenth, and before the very last byte; a large file is on the disk in part by then."""
    form = letter(b"%PDF-1.7\n" + bytes(2 * MIB))
    cut = min(len(form) * tenth // 10, len(form) - 1)
    async with connected(port) as (_, writer):
        writer.write(head(applicant, **length(len(form))) + form[:cut])
        await writer.drain()
        if tenth > 5:
            await until(lambda: bool(files_below(folder)))

    # Who comes after is served, and by then the server has seen the end of the first.
    assert (await answer_to(port, head(applicant, **length(len(FORM))), FORM))[0] == 201
    await is_all(folder, documents=1)


async def test_who_ends_a_form_before_its_length_is_told(
    port: int, applicant: Applicant, folder: Path
) -> None:
    """One half of the connection is closed; the other would still hear. Nothing is kept."""
    async with connected(port) as (reader, writer):
        writer.write(head(applicant, **length(len(FORM) + 1000)) + FORM)
        writer.write_eof()
        said = await reader.read()

    assert not said.startswith(b"HTTP/1.1 2")
    await is_all(folder)


async def test_a_form_that_is_longer_than_its_length_is_not_kept(
    port: int, applicant: Applicant, folder: Path
) -> None:
    """What is behind it is no request either."""
    status, said = await answer_to(port, head(applicant, **length(len(FORM) - 30)), FORM)

    assert (status, code_of(said)) == (400, "form_incomplete")
    await is_all(folder)


@pytest.mark.parametrize("announced", ["-1", "1, 2", "x", "9" * 30 + "x", ""])
async def test_a_length_that_is_none_is_refused(
    port: int, applicant: Applicant, folder: Path, announced: str
) -> None:
    """By the server, before we hear of it."""
    sent = head(applicant, **{"Content-Length": announced})
    async with connected(port) as (reader, writer):
        writer.write(sent + FORM)
        status = int((await reader.readline()).split()[1])

    assert status == 400
    await is_all(folder)


async def test_a_head_of_100_kilobytes_is_refused(
    port: int, applicant: Applicant, folder: Path
) -> None:
    """And so is the head of a part."""
    long = await answer_status(port, head(applicant, Cookie="x" * 100_000))
    form = FORM.replace(b"Content-Type:", b"X-Long: " + b"x" * 100_000 + b"\r\nContent-Type:")
    inside = await answer_to(port, head(applicant, **length(len(form))), form)

    assert (long, inside[0]) == (400, 400)
    await is_all(folder)


async def answer_status(port: int, sent: bytes) -> int:
    async with connected(port) as (reader, writer):
        writer.write(sent)
        return int((await reader.readline()).split()[1])


async def test_a_sender_of_too_much_hears_why(
    port: int, applicant: Applicant, folder: Path
) -> None:
    """It sends all of its 40 MiB before it listens, as browsers do; the answer is still there."""
    form = letter(b"%PDF-1.7\n" + bytes(40 * MIB))

    announced = await answer_to(port, head(applicant, **length(len(form))), form)
    chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(form), form)
    unannounced = await answer_to(port, head(applicant, **{"Transfer-Encoding": "chunked"}), chunk)

    assert [announced[0], unannounced[0]] == [413, 413]
    assert code_of(announced[1]).startswith("file_too_big")
    await is_all(folder)


def code_of(said: bytes) -> str:
    return str(json.loads(said)["problems"][0]["code"])


async def test_who_asks_first_need_not_send(port: int, applicant: Applicant) -> None:
    """``Expect: 100-continue``: what can be said by the head is said instead."""
    too_much = {**length(40 * MIB), "Expect": "100-continue"}
    async with connected(port) as (reader, writer):
        writer.write(head(applicant, **too_much))
        said = await reader.readuntil(b"\r\n\r\n")

    assert said.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close\r\n" in said.lower()


async def test_a_refusal_is_not_waited_with_for_ever(
    port: int, applicant: Applicant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who neither sends nor listens is left."""
    monkeypatch.setattr(bodies, "LINGER_QUIET_SECONDS", 0.05)
    async with connected(port) as (reader, writer):
        writer.write(head(applicant, **length(40 * MIB)))
        said = await reader.read()

    assert said.startswith(b"HTTP/1.1 413 ")


async def test_a_sender_that_never_ends_is_not_heard_out_for_ever(
    port: int, applicant: Applicant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was told, and goes on sending."""
    monkeypatch.setattr(bodies, "LINGER_SECONDS", 0.2)
    async with connected(port) as (reader, writer):
        writer.write(head(applicant, **{"Transfer-Encoding": "chunked", "Content-Type": "x/y"}))
        with suppress(ConnectionError):
            while not reader.at_eof():
                writer.write(b"8000\r\n" + bytes(0x8000) + b"\r\n")
                await writer.drain()
                await asyncio.sleep(0)


async def test_a_sender_that_dawdles_is_let_go(
    port: int, applicant: Applicant, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte now and then keeps nothing open; it hears why, and nothing is kept."""
    monkeypatch.setattr(bodies, "PATIENCE_SECONDS", 0.2)
    async with connected(port) as (reader, writer):
        writer.write(head(applicant, **length(len(FORM))) + FORM[:400])
        answer = asyncio.create_task(answered(reader))
        while not answer.done():
            writer.write(b"%")
            await asyncio.sleep(0.01)
        status, said = await answer

    assert (status, code_of(said)) == (408, "form_too_slow")
    await is_all(folder)


def asking(*messages: Message) -> Request:
    """A request whose body comes so, and then nothing."""
    coming = list(messages)

    async def receive() -> Message:
        if not coming:
            await asyncio.Event().wait()
        return coming.pop(0)

    return Request({"type": "http", "headers": []}, receive)


def piece(size: int, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": bytes(size), "more_body": more}


async def test_our_own_slowness_is_not_the_sender_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that takes its time over each piece makes nobody too slow."""
    monkeypatch.setattr(bodies, "PATIENCE_SECONDS", 0.1)
    came = 0

    async for each in body_of(asking(piece(1), piece(1), piece(1, more=False))):
        came += len(each)
        await asyncio.sleep(0.2)

    assert came == 3


async def test_a_sender_that_is_gone_ends_the_body_as_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not as its end, which would be taken for a whole file; and so does silence."""
    monkeypatch.setattr(bodies, "PATIENCE_SECONDS", 0.05)
    with pytest.raises(ClientDisconnect):
        [each async for each in body_of(asking(piece(1), {"type": "http.disconnect"}))]
    with pytest.raises(FormRefused):
        [each async for each in body_of(asking(piece(1)))]


@pytest.mark.parametrize("marks", [f"{TYPE}; boundary=other", TYPE.replace("boundary", "bound")])
async def test_garbled_marks_are_told(
    port: int, applicant: Applicant, folder: Path, marks: str
) -> None:
    """The connection is closed, and the next sender is served."""
    sent = head(applicant, **length(len(FORM)), **{"Content-Type": marks})

    assert (await answer_to(port, sent, FORM))[0] == 400
    await is_all(folder)
