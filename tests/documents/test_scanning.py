import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from documents.scanning import Clean, Found, Scan, Unknown, Why, scan
from documents.settings import DocumentSettings
from support.clamd import FOUND, real_clamd
from support.documents import cut, stream
from support.scanner import (
    EICAR,
    Behaviour,
    deaf,
    hanging,
    listening,
    saying,
    saying_early,
    stand_in,
)

MIB = 2**20


async def scanned(behaviour: Behaviour, content: bytes, seconds: float = 60) -> Scan:
    async with listening(behaviour) as address:
        return await scan(cut(content), address, seconds)


@pytest.mark.parametrize("size", [0, 1, 3 * MIB])
async def test_a_clean_file_is_clean(size: int) -> None:
    """Of any size."""
    assert await scanned(stand_in, bytes(size)) == Clean()


async def test_what_is_found_is_named() -> None:
    """Wherever in the file it stands."""
    assert await scanned(stand_in, bytes(MIB) + EICAR) == Found("Eicar-Signature")


async def test_pieces_of_nothing_do_not_end_the_question() -> None:
    """In the protocol a length of nothing says that this is all."""
    async with listening(stand_in) as address:
        assert await scan(stream(b"a", b"", EICAR), address, 60) == Found("Eicar-Signature")


async def test_without_a_scanner_nothing_is_known() -> None:
    """Policy says what that means."""
    assert await scan(stream(b"a"), None, 60) == Unknown(Why.NO_SCANNER)


async def test_a_scanner_that_is_away_is_told(tmp_path: Path) -> None:
    """At a port, and at a socket."""
    assert await scan(stream(b"a"), "127.0.0.1:9", 60) == Unknown(Why.AWAY)
    assert await scan(stream(b"a"), str(tmp_path / "clamd.ctl"), 60) == Unknown(Why.AWAY)


@pytest.mark.parametrize("behaviour", [hanging, deaf])
async def test_a_scanner_that_hangs_is_not_waited_for(behaviour: Behaviour) -> None:
    """Neither while it does not read nor while it does not answer."""
    assert await scanned(behaviour, bytes(20 * MIB), seconds=0.5) == Unknown(Why.SLOW)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"", Why.AWAY),
        (b"stream: OK", Why.NONSENSE),
        (b"stream: OK\n\0", Why.NONSENSE),
        (b"OK\0", Why.NONSENSE),
        (b"stream: ok\0", Why.NONSENSE),
        (b"\0", Why.NONSENSE),
        (b"HTTP/1.1 200 OK\r\n\r\n\0", Why.NONSENSE),
        (b"stream:  FOUND\0", Why.NONSENSE),
        (b"stream: \xff\xfe FOUND\0", Why.NONSENSE),
        (b"x" * MIB, Why.NONSENSE),
        (b"UNKNOWN COMMAND. ERROR\0", Why.NOT_LOOKED),
        (b"INSTREAM size limit exceeded. ERROR\0", Why.NOT_LOOKED),
    ],
)
async def test_what_is_no_answer_is_never_clean(said: bytes, why: Why) -> None:
    """Half an answer, another program's, or the scanner's own trouble."""
    assert await scanned(saying(said), b"content") == Unknown(why)


@given(said=st.binary(max_size=40))
async def test_nothing_but_its_own_word_is_clean(said: bytes) -> None:
    """Whatever comes back."""
    told = await scanned(saying(said + b"\0"), b"content")

    assert (told == Clean()) == (said.partition(b"\0")[0] == b"stream: OK")


async def test_a_scanner_that_has_seen_enough_is_heard() -> None:
    """Its limit is below the file: it answers and hangs up before the end."""
    told = await scanned(saying_early(b"INSTREAM size limit exceeded. ERROR\0"), bytes(20 * MIB))

    assert told == Unknown(Why.NOT_LOOKED)


async def test_clean_before_all_was_seen_is_not_clean() -> None:
    """It cannot know."""
    assert await scanned(saying_early(b"stream: OK\0"), bytes(20 * MIB)) == Unknown(Why.NONSENSE)


async def test_a_content_that_breaks_is_not_the_scanner_s_fault() -> None:
    """Who reads the store hears of it."""
    asked = asyncio.Event()

    async def half() -> AsyncIterator[bytes]:
        yield b"half"
        await asked.wait()
        raise LookupError

    async def behaviour(reader: StreamReader, _: StreamWriter) -> None:
        await reader.readexactly(18)
        asked.set()
        await reader.read()

    async with listening(behaviour) as address:
        with pytest.raises(LookupError):
            await scan(half(), address, 60)


@pytest.mark.parametrize("address", ["localhost", "http://localhost:3310", "a b:1", "host:port"])
def test_what_is_no_address_of_a_scanner_is_refused(address: str) -> None:
    """At start: a scanner that was meant and is not asked is worse than none."""
    with pytest.raises(ValidationError, match="clamd"):
        DocumentSettings(clamd=address)


@pytest.fixture(scope="module")
def clamd() -> Iterator[str]:
    """A real one."""
    with real_clamd() as socket:
        yield socket


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a letter", Clean()),
        (bytes(MIB), Clean()),
        (b"before it " + EICAR, Found(FOUND)),
    ],
)
async def test_a_real_clamd_is_understood(clamd: str, content: bytes, told: Scan) -> None:
    """Clean, and found."""
    assert await scan(cut(content), clamd, 60) == told


async def test_what_is_above_a_real_clamd_s_limit_is_not_known(clamd: str) -> None:
    """It says so and hangs up on what is still under way; the reset can overtake its answer."""
    told = await scan(cut(bytes(8 * MIB)), clamd, 60)

    assert told in (Unknown(Why.NOT_LOOKED), Unknown(Why.AWAY))


async def test_many_scans_at_once_are_each_answered(clamd: str) -> None:
    """Each on a connection of its own."""
    contents = [b"a letter", EICAR] * 10
    told = await asyncio.gather(*(scan(cut(each), clamd, 60) for each in contents))

    assert told == [Clean(), Found(FOUND)] * 10
