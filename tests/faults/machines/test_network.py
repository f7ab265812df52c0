"""The network that the proofs cut: nothing comes through, and what was on its way is gone."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest

from support.network import Network

#: So long nothing may come: long enough for what would come at once.
A_MOMENT = 0.3


@pytest.fixture
def network() -> Iterator[Network]:
    """One of the test's own."""
    with Network() as made:
        yield made


async def closed(writer: asyncio.StreamWriter) -> None:
    """Once the connection is closed, whoever ended it."""
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


@asynccontextmanager
async def answering(name: bytes) -> AsyncIterator[int]:
    """A server that answers each line with its name; its port."""
    talks: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readline():
                writer.write(name + b"\n")
        finally:
            await closed(writer)

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.ensure_future(answer(reader, writer)))

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
    for talk in talks:
        talk.cancel()
    await asyncio.gather(*talks, return_exceptions=True)


@pytest.fixture
async def server() -> AsyncIterator[int]:
    """The port of the one that the link leads to."""
    async with answering(b"first") as port:
        yield port


async def answer_over(port: int) -> bytes:
    """What a new connection is answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"who is there?\n")
        return await reader.readline()
    finally:
        await closed(writer)


async def test_a_link_leads_to_its_server(network: Network, server: int) -> None:
    """As long as nobody cuts it."""
    link = network.link(server)

    assert await answer_over(link.port) == b"first\n"


async def test_nothing_comes_through_what_is_cut(network: Network, server: int) -> None:
    """Not over open connections, nor over new ones; healed, those are gone."""
    link = network.link(server)
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    writer.write(b"before\n")
    assert await reader.readline() == b"first\n"

    link.cut()
    writer.write(b"during\n")
    new = asyncio.create_task(answer_over(link.port))
    old = asyncio.create_task(reader.readline())
    _, waiting = await asyncio.wait({new, old}, timeout=A_MOMENT)
    link.heal()
    gone = await asyncio.gather(new, old, return_exceptions=True)

    assert waiting == {new, old}
    assert [each for each in gone if each and not isinstance(each, OSError)] == []
    assert await answer_over(link.port) == b"first\n"
    await closed(writer)


async def test_what_is_delayed_arrives_later(network: Network, server: int) -> None:
    """In both directions."""
    link = network.link(server)
    link.delay(A_MOMENT)
    began = asyncio.get_running_loop().time()

    assert await answer_over(link.port) == b"first\n"
    assert asyncio.get_running_loop().time() - began >= 2 * A_MOMENT


async def test_a_link_can_lead_elsewhere(network: Network, server: int) -> None:
    """As an address that is moved to the standby does: open connections end."""
    link = network.link(server)
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    writer.write(b"before\n")
    assert await reader.readline() == b"first\n"

    async with answering(b"second") as other:
        link.lead_to(other)

        assert await answer_over(link.port) == b"second\n"
        (ended,) = await asyncio.gather(reader.readline(), return_exceptions=True)
    assert not ended or isinstance(ended, OSError)
    await closed(writer)
