"""Documents: how fast one is kept and ready, and in how much memory, each beside its bare side.

First without HTTP, then with it (`benchmarks.documents_http`).

::

    python -m benchmarks.documents
"""

import asyncio
import multiprocessing
import os
import statistics
import tempfile
import time
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pypdfium2
from rich.console import Console
from rich.table import Table

from benchmarks.documents_http import measure_http
from benchmarks.memory import peak_mib
from benchmarks.timing import p95, seconds_of
from documents.keys import MasterKeys, new_master_key
from documents.media_types import USUAL
from documents.pages import Pages, make_pages, page_name
from documents.receiving import Received, content_of, receive
from documents.rendering.limits import Limits
from documents.scanning import Clean, scan
from documents.store import Store

_MIB = 2**20
_PIECE = bytes(64 * 1024)
_HEAD = b"%PDF-1.7".ljust(16)
_REPORT = Path(__file__).resolve().parent.parent / "examples" / "documents" / "medical-report.pdf"
_ROUNDS, _DOCUMENTS, _AT_ONCE = 20, 40, 4


async def upload(mib: int) -> AsyncIterator[bytes]:
    """So many MiB, as they come from a network."""
    yield _HEAD
    for _ in range(mib * _MIB // len(_PIECE)):
        yield _PIECE


async def keep(store: Store, keys: MasterKeys, stream: AsyncIterator[bytes]) -> Received:
    """Received without complaint."""
    received = await receive(
        stream, store=store, keys=keys, limit_bytes=1024 * _MIB, accepted=USUAL
    )
    if not isinstance(received, Received):
        raise TypeError(received)
    return received


async def write_bare(path: Path, mib: int) -> None:
    """The same pieces into a file, and on the disk."""
    with path.open("wb") as file:
        async for piece in upload(mib):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


async def measure_keeping(folder: Path, table: Table) -> None:
    """10 MiB written as they are, and sealed in the store, in turn."""
    store, keys = _store(folder)
    bare: list[float] = []
    ours: list[float] = []
    for number in range(_ROUNDS):
        begun = time.perf_counter()
        await write_bare(folder / f"bare-{number}", 10)
        between = time.perf_counter()
        await keep(store, keys, upload(10))
        ours.append(time.perf_counter() - between)
        bare.append(between - begun)
    rate, bare_rate = (10 / statistics.median(each) for each in (ours, bare))
    table.add_row(
        "10 MiB sealed, digested, on the disk",
        f"{rate:.0f} MiB/s",
        f"{bare_rate:.0f} MiB/s: the same bytes written and synced",
        f"{rate / bare_rate:.2f} ×",
    )


async def stand_in(reader: StreamReader, writer: StreamWriter) -> None:
    """Speaks clamd's protocol, and finds nothing."""
    with suppress(IncompleteReadError, ConnectionError):
        await reader.readexactly(len(b"zINSTREAM\0"))
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            await reader.readexactly(size)
        writer.write(b"stream: OK\0")
        await writer.drain()
    writer.close()


async def measure_ready(folder: Path, table: Table) -> None:
    """A PDF of three pages received, scanned and drawn, four at once."""
    store, keys = _store(folder)
    content = await asyncio.to_thread(_REPORT.read_bytes)
    server = await asyncio.start_server(stand_in, "127.0.0.1")
    address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    room = asyncio.Semaphore(_AT_ONCE)

    async def ready() -> tuple[float, Received]:
        async with room:
            begun = time.perf_counter()
            document = await keep(store, keys, _once(content))
            await _scan_and_draw(store, keys, document, address)
            return time.perf_counter() - begun, document

    async with server:
        done = await asyncio.gather(*(ready() for _ in range(_DOCUMENTS)))
    drawn = [seconds_of(lambda: _draw_here(content)) for _ in range(_DOCUMENTS)]
    table.add_row(
        f"3 pages ready, {_AT_ONCE} at once, p95",
        f"{p95([seconds for seconds, _ in done]):.2f} s",
        f"{p95(drawn):.2f} s: drawn in this process, one at once, nothing else",
        "",
    )
    await _measure_page(store, keys, done[0][1], table)


async def _scan_and_draw(store: Store, keys: MasterKeys, document: Received, address: str) -> None:
    which = {"document_id": document.document_id, "wrapped_key": document.wrapped_key}
    told = await scan(content_of(store, keys, **which), address, 60)
    limits = Limits(pages=40)
    pages = await make_pages(store, keys, **which, media_type=document.media_type, limits=limits)
    if told != Clean() or not isinstance(pages, Pages):
        raise TypeError(told, pages)


async def _measure_page(store: Store, keys: MasterKeys, document: Received, table: Table) -> None:
    """A page opened from the store, as it is shown."""
    taken = []
    for _ in range(200):
        begun = time.perf_counter()
        page = content_of(
            store,
            keys,
            document_id=document.document_id,
            wrapped_key=document.wrapped_key,
            what=page_name(1),
        )
        _ = b"".join([piece async for piece in page])
        taken.append(time.perf_counter() - begun)
    table.add_row("a page opened from the store, p95", f"{p95(taken) * 1000:.1f} ms", "", "")


def peak_of_receiving(at_once: int, mib: int) -> float:
    """The most memory that a process of its own held while it received so many of such a size."""

    async def receive_all() -> None:
        with tempfile.TemporaryDirectory() as folder:
            store, keys = _store(Path(folder))
            await asyncio.gather(*(keep(store, keys, upload(mib)) for _ in range(at_once)))

    asyncio.run(receive_all())
    return peak_mib()


def measure_memory(table: Table) -> None:
    """One small, one large, and twenty at once; each in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    peaks = {}
    for at_once, mib in ((1, 1), (1, 200), (20, 10)):
        with ProcessPoolExecutor(1, mp_context=spawn) as pool:
            peaks[at_once, mib] = pool.submit(peak_of_receiving, at_once, mib).result()
    bare = peaks[1, 1]
    for at_once, mib in ((1, 200), (20, 10)):
        table.add_row(
            f"memory: {at_once} × {mib} MiB",
            f"{peaks[at_once, mib]:.0f} MiB",
            f"{bare:.0f} MiB: one of 1 MiB",
            "",
        )


def _draw_here(content: bytes) -> None:
    for page in pypdfium2.PdfDocument(content):
        page.render(scale=150 / 72).to_pil().convert("RGB").save(BytesIO(), "JPEG", quality=85)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _store(folder: Path) -> tuple[Store, MasterKeys]:
    return Store.at(folder.as_uri()), MasterKeys.from_text(new_master_key())


def main() -> None:
    """Print the table."""
    table = Table("what", "here", "beside it", "")
    for measure in (measure_keeping, measure_ready):
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(measure(Path(folder), table))
    measure_memory(table)
    measure_http(table)
    Console().print(table)


if __name__ == "__main__":
    main()
