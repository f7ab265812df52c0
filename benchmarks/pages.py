"""Pages: how many at a time, how fast, how heavy, and whether a larger register makes them slower.

One portal process, as `python -m portal` serves it, on a PostgreSQL of its own; what is beside it
is measured in the same run. A machine that does other things meanwhile slows both sides down.

::

    python -m benchmarks.pages [--people 200] [--register 1000000]
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from benchmarks.browser import Browser, Pages, in_turn
from benchmarks.page_journey import Person, Stopped, Taken
from benchmarks.page_rates import beside_bare
from benchmarks.page_register import give_password, grow_register
from benchmarks.page_servers import Server, serving
from benchmarks.people import identity_number, register_owners
from benchmarks.timing import p95
from desk.accounts.hashing import hash_password
from documents.keys import new_master_key
from models.migrate import migrate
from stack.ports import HOST
from stack.postgres import EmbeddedPostgres

_SEED = 1448
_PASSWORD = "seven tall palms by the well"  # noqa: S105 - of invented people
_SMALL = 10_000
#: The largest that a page may be with all that it loads, in bytes.
_MOST_BYTES = 60_000
_LOOKS = 150
_SHOWN, _ON = 200, 303


@dataclass(frozen=True)
class _Site:
    """A portal, and the people who have a password."""

    server: Server
    people: list[Person]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--register", type=int, default=1_000_000)
    options = parser.parse_args()
    table = Table("what", "here", "beside it", "")
    try:
        _measure_all(table, options.people, options.register)
    finally:
        Console().print(table)


def _measure_all(table: Table, people: int, register: int) -> None:
    note_load(table, "begins")
    with tempfile.TemporaryDirectory(prefix="mumaris-benchmark-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o711)
        stack.enter_context(environment(folder))
        postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres"))
        small = stack.enter_context(_portal(postgres, "small", folder, people, _SMALL))
        asyncio.run(_measure(small, table, folder))
        large = stack.enter_context(_portal(postgres, "large", folder, 1, register))
        asyncio.run(_measure_growth(small, large, table, register))
    note_load(table, "ends")


def note_load(table: Table, when: str) -> None:
    """Say how busy the machine is: what else runs here slows both sides down, not ours alone."""
    load, cores = os.getloadavg()[0], os.cpu_count()
    table.add_row(f"the machine when this {when}", f"load {load:.1f}, {cores} cores", "", "")


async def _measure(site: _Site, table: Table, folder: Path) -> None:
    await _sign_in(site, table)
    await _journey(site, table)
    await _at_the_same_instant(site, table)
    await beside_bare(site.server, site.people[0].browser.cookies, table, folder)


async def _sign_in(site: _Site, table: Table) -> None:
    """Everybody presses at the same instant; who is told to come again does, after a moment."""
    began = time.perf_counter()
    answers: Counter[int] = Counter()
    slowest: list[float] = []

    async def until_in(person: Person) -> None:
        while True:
            answer = await person.sign_in(_PASSWORD)
            answers[answer.status] += 1
            slowest.append(answer.seconds)
            if answer.status == _ON:
                return
            await asyncio.sleep(1)

    await asyncio.gather(*(until_in(person) for person in site.people))
    table.add_row(
        f"{len(site.people)} people sign in at once",
        f"all in after {time.perf_counter() - began:.1f} s",
        f"{_said(answers)}; p95 {p95(slowest):.1f} s",
        "",
    )


async def _journey(site: _Site, table: Table) -> None:
    """Everybody updates their details, reading each page for a few seconds."""
    taken, stopped = Taken(), 0
    began = time.perf_counter()

    async def one(number: int, person: Person) -> None:
        nonlocal stopped
        try:
            await person.update(taken, Random(_SEED + number))  # noqa: S311 - how long one reads
        except Stopped:
            stopped += 1

    await asyncio.gather(*(one(*each) for each in enumerate(site.people)))
    seconds = time.perf_counter() - began
    table.add_row(
        f"{len(site.people)} people in the update journey at once",
        f"p95 {p95(taken.all) * 1000:.0f} ms a page",
        f"{len(taken.all) / seconds:.0f} pages a second; {stopped} of them stopped",
        _said(Counter(taken.refused)),
    )
    for name, some in taken.seconds.items():
        size = f"{taken.sizes[name] / 1000:.1f} kB"
        table.add_row(f"  {name}", f"p95 {p95(some) * 1000:.0f} ms", "", size)
    heaviest = max(taken.sizes.values()) + taken.sizes["style sheet"]
    table.add_row(
        "the heaviest page with all that it loads",
        f"{heaviest / 1000:.1f} kB",
        f"at most {_MOST_BYTES / 1000:.0f} kB",
        "",
    )


async def _at_the_same_instant(site: _Site, table: Table) -> None:
    """Everybody opens one page, then everybody presses one button, at the same instant."""
    people = site.people
    opened = await asyncio.gather(*(each.browser.get("/update") for each in people))
    pressed = await asyncio.gather(
        *(
            each.browser.send(shown, "/update", registration_number=each.registration_number)
            for each, shown in zip(people, opened, strict=True)
            if shown.status == _SHOWN
        )
    )
    for what, answers in (("open a page", opened), ("press a button", pressed)):
        table.add_row(
            f"{len(answers)} people {what} at the same instant",
            _said(Counter(each.status for each in answers)),
            f"p95 {p95([each.seconds for each in answers]) * 1000:.0f} ms",
            "",
        )


async def _measure_growth(small: _Site, large: _Site, table: Table, register: int) -> None:
    """The pages that search or list, one after the other, of either register in turn."""
    sign_in = await large.people[0].sign_in(_PASSWORD)
    if sign_in.status != _ON:
        raise TypeError(sign_in.status)
    sides = [await _pages_of(site.people[0]) for site in (small, large)]
    for name, both in (await in_turn(sides, times=_LOOKS)).items():
        fewer, more = map(statistics.median, both)
        table.add_row(
            f"{name}, {register:,} on the register",
            f"{more * 1000:.1f} ms",
            f"{fewer * 1000:.1f} ms: {_SMALL:,}",
            f"{more / fewer:.2f} ×",
        )


async def _pages_of(person: Person) -> Pages:
    """How each is asked for; the person has sent a request."""
    browser = Browser(person.browser.port, cookies=dict(person.browser.cookies))
    home = await browser.get("/home")
    if "/requests/" not in home.text:
        await person.update(Taken(), Random(_SEED), reads=(0, 0))  # noqa: S311 - no secret
        home = await browser.get("/home")
    request = home.text.partition('href="/requests/')[2].partition("?")[0]
    search = await browser.get("/update")
    number = person.registration_number
    return {
        "Search": lambda: browser.send(search, "/update", registration_number=number),
        "details": lambda: browser.get("/update/details"),
        "home, with my requests": lambda: browser.get("/home"),
        "one request": lambda: browser.get(f"/requests/{request}"),
        "card": lambda: browser.get("/card"),
    }


@contextmanager
def _portal(
    postgres: EmbeddedPostgres, name: str, folder: Path, people: int, register: int
) -> Iterator[_Site]:
    """On a database of its own, with so many others on the register."""
    postgres.create_database(name)
    address = os.environ["DATABASE_URL"] = postgres.url(name)
    migrate()
    grow_register(address, begin=0, end=register)
    numbers = register_owners(people)
    give_password(address, numbers, asyncio.run(hash_password(_PASSWORD)))
    with serving(f"portal-{name}", ["portal", "--port"], folder) as server:
        browsers = (Browser(server.port, f"198.51.{at // 250}.{at % 250}") for at in range(people))
        yield _Site(
            server,
            [
                Person(number, identity_number(number), browser)
                for number, browser in zip(numbers, browsers, strict=True)
            ],
        )


@contextmanager
def environment(folder: Path) -> Iterator[None]:
    """What a portal process needs to be named, for as long as it is measured."""
    before = dict(os.environ)
    os.environ |= {
        "MUMARIS_DOCUMENTS": (folder / "documents").as_uri(),
        "MUMARIS_DOCUMENT_KEYS": new_master_key(),
        "MUMARIS_PORTAL_URL": f"http://{HOST}:8000",
        # Everybody sits somewhere else, as a proxy tells it.
        "MUMARIS_TRUSTED_PROXIES": HOST,
    }
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _said(counts: Counter[int] | Counter[str]) -> str:
    return ", ".join(f"{count} × {what}" for what, count in sorted(counts.items())) or "no error"


if __name__ == "__main__":
    main()
