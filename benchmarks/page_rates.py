"""How many pages a second a server gives, and what each costs it; a part of `benchmarks.pages`."""

import asyncio
import statistics
import time
from dataclasses import astuple, dataclass
from pathlib import Path

from rich.table import Table

from benchmarks.browser import Browser
from benchmarks.page_servers import Server, serving

#: Connections that ask without a pause, and for how many seconds; so many turns of each side.
_AT_ONCE, _SECONDS, _TURNS = 8, 4.0, 3
_SHOWN = 200


async def beside_bare(server: Server, cookies: dict[str, str], table: Table, folder: Path) -> None:
    """As many pages a second as a few connections get, and the same bytes from bare FastAPI."""
    for path in ("/home", "/update", "/update/details", "/update/edit/contact"):
        page = await Browser(server.port, cookies=dict(cookies)).get(path)
        file = folder / "page.html"
        file.write_bytes(page.body)
        with serving("bare", ["benchmarks.page_server", str(file)], folder) as bare:
            rates: tuple[list[_Rate], list[_Rate]] = ([], [])
            for _ in range(_TURNS):
                rates[0].append(await _rate(server, path, cookies))
                rates[1].append(await _rate(bare, "/", {}))
        ours, theirs = (_Rate.median(each) for each in rates)
        table.add_row(
            f"{path}, {_AT_ONCE} connections without a pause",
            f"{ours.pages:.0f} pages a second",
            f"{theirs.pages:.0f}: bare FastAPI, the same {len(page.body) / 1000:.1f} kB",
            f"{ours.pages / theirs.pages:.2f} ×",
        )
        table.add_row(
            "  processor time of the server's process, a page",
            f"{ours.processor_ms:.2f} ms",
            f"{theirs.processor_ms:.2f} ms",
            f"{theirs.processor_ms / ours.processor_ms:.2f} ×",
        )


@dataclass(frozen=True)
class _Rate:
    """Pages a second, and what each cost the server."""

    pages: float
    processor_ms: float

    @classmethod
    def median(cls, some: list["_Rate"]) -> "_Rate":
        """Of several turns."""
        return cls(*(statistics.median(each) for each in zip(*map(astuple, some), strict=True)))


async def _rate(server: Server, path: str, cookies: dict[str, str]) -> _Rate:
    began, ends = server.processor_seconds(), time.perf_counter() + _SECONDS

    async def ask() -> int:
        browser, count = Browser(server.port, cookies=dict(cookies)), 0
        while time.perf_counter() < ends:
            answer = await browser.get(path)
            if answer.status != _SHOWN:
                raise TypeError(answer.status)
            count += 1
        await browser.close()
        return count

    pages = sum(await asyncio.gather(*(ask() for _ in range(_AT_ONCE))))
    spent = server.processor_seconds() - began
    return _Rate(pages / _SECONDS, spent / pages * 1000)
