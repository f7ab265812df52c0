"""The review desk: how fast its pages are, whether more cases make them slower, and who gets what.

One portal process, as `python -m portal` serves it, on a PostgreSQL of its own. Two desks are asked
in turn, one with few cases and few people, one with many: the last column is the larger one's time
by the smaller one's.

::

    python -m benchmarks.desk [--register 1000000] [--waiting 100000]
"""

import argparse
import asyncio
import os
import statistics
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.browser import Browser, Pages, in_turn
from benchmarks.desk_queue import fill_desk, officers
from benchmarks.page_register import grow_register
from benchmarks.page_servers import serving
from benchmarks.pages import environment, note_load
from benchmarks.sides import policy_without_files
from benchmarks.timing import p95
from models.migrate import migrate
from portal.web.cookies import Cookie
from stack.postgres import EmbeddedPostgres

_FEW_PEOPLE, _FEW_CASES = 10_000, 1_000
_LOOKS = 100
#: Officers who press at the same instant.
_AT_ONCE = 50
_ON = 303


@dataclass(frozen=True)
class _Desk:
    """A portal, and its officers, each before a browser."""

    officers: list[Browser]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk")
    parser.add_argument("--register", type=int, default=1_000_000)
    parser.add_argument("--waiting", type=int, default=100_000)
    options = parser.parse_args()
    table = Table("what", "many: p95", "few: p95", "median by median")
    try:
        _measure_all(table, options.register, options.waiting)
    finally:
        Console().print(table)


def _measure_all(table: Table, register: int, waiting: int) -> None:
    note_load(table, "begins")
    with tempfile.TemporaryDirectory(prefix="mumaris-benchmark-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o711)
        stack.enter_context(environment(folder))
        stack.enter_context(policy_without_files(folder))
        postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres"))
        few = stack.enter_context(_desk(postgres, "few", folder, _FEW_PEOPLE, _FEW_CASES))
        many = stack.enter_context(_desk(postgres, "many", folder, register, waiting))
        asyncio.run(_measure(few, many, table, waiting))
    note_load(table, "ends")


async def _measure(few: _Desk, many: _Desk, table: Table, waiting: int) -> None:
    await _in_turn(few, many, table)
    for desk, cases in ((few, _FEW_CASES), (many, waiting)):
        await _next_at_once(desk, cases, table)


async def _in_turn(few: _Desk, many: _Desk, table: Table) -> None:
    sides = [await _pages_of(desk.officers[0]) for desk in (few, many)]
    for name, (small, large) in (await in_turn(sides, times=_LOOKS)).items():
        ratio = statistics.median(large) / statistics.median(small)
        table.add_row(
            name, f"{p95(large) * 1000:.0f} ms", f"{p95(small) * 1000:.0f} ms", f"{ratio:.2f} ×"
        )


async def _pages_of(browser: Browser) -> Pages:
    """How each is asked for, by an officer who has a case in hand."""
    desk = await browser.get("/desk")
    case = (await browser.send(desk, "/desk/next")).leads_to
    search = await browser.get("/desk/search")
    return {
        "the desk": lambda: browser.get("/desk"),
        "a queue": lambda: browser.get("/desk/queue?queue=to_take"),
        "late": lambda: browser.get("/desk/queue?queue=late"),
        # As from a page that is new each time: pressed twice on one, it leads to one case.
        "Next case": lambda: browser.send(desk, "/desk/next", shown=""),
        "a case": lambda: browser.get(case),
        "search by number": lambda: browser.send(search, "/desk/search", text="20000007"),
        "search by a name that all have": lambda: browser.send(
            search, "/desk/search", text="نورة القحطاني"
        ),
        "search by a name that nobody has": lambda: browser.send(
            search, "/desk/search", text="Zarathustra"
        ),
    }


async def _next_at_once(desk: _Desk, cases: int, table: Table) -> None:
    """Everybody presses Next case at the same instant."""
    shown = await asyncio.gather(*(each.get("/desk") for each in desk.officers))
    answers = await asyncio.gather(
        *(each.send(page, "/desk/next") for each, page in zip(desk.officers, shown, strict=True))
    )
    given = Counter(answer.leads_to for answer in answers if answer.status == _ON)
    table.add_row(
        f"{len(answers)} officers press Next at once, {cases:,} cases",
        f"{len(given)} cases given, {sum(given.values()) - len(given)} of them twice",
        f"p95 {p95([answer.seconds for answer in answers]) * 1000:.0f} ms",
        "",
    )


@contextmanager
def _desk(
    postgres: EmbeddedPostgres, name: str, folder: Path, register: int, waiting: int
) -> Iterator[_Desk]:
    """On a database of its own, with so many on the register and so many cases."""
    postgres.create_database(name)
    address = os.environ["DATABASE_URL"] = postgres.url(name)
    migrate()
    grow_register(address, begin=0, end=register)
    fill_desk(address, waiting=waiting)
    tokens = officers(_AT_ONCE)
    with serving(f"desk-{name}", ["portal", "--port"], folder) as server:
        yield _Desk(
            [
                Browser(server.port, f"198.51.100.{number}", {Cookie.SESSION.value: token})
                for number, token in enumerate(tokens)
            ]
        )


if __name__ == "__main__":
    main()
