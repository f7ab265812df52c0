"""`python -m benchmarks.whole_pipeline`: ours, DBOS and Restate carry the same requests.

Starts what it needs in folders of its own, one side after the other, so that none pays for the
others' idling, and leaves nothing behind. Exits 1 only where a request was lost, doubled or
crashed, never for slow numbers. `make peers` installs the peers; one that is missing is left out.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from typing import Any, TypeVar

import typer

from benchmarks.shell import end_in_order, machine, tell
from benchmarks.whole_pipeline.desk_rates import DeskRates, measure_desk
from benchmarks.whole_pipeline.engine import Running
from benchmarks.whole_pipeline.lone_calls import LoneCalls, measure_lone_calls
from benchmarks.whole_pipeline.ours import NAME as OURS
from benchmarks.whole_pipeline.ours import ours, ours_counted
from benchmarks.whole_pipeline.peers import PEERS, PeerMissing
from benchmarks.whole_pipeline.place import place
from benchmarks.whole_pipeline.report import Report
from benchmarks.whole_pipeline.singles import Singles, measure_singles
from benchmarks.whole_pipeline.waiting_gate import WaitingGate, measure_waiting_gate
from benchmarks.whole_pipeline.whole_file import WholeFile, measure_file
from models.database import close_engine

T = TypeVar("T")


def main() -> None:
    """Measure what was asked for and print the report."""
    asked = _arguments()
    end_in_order()
    singles: dict[str, Singles] = {}
    left_out: dict[str, str] = {}
    for side in asked.sides if asked.requests else ():
        try:
            singles[side] = _singles(side, asked.requests)
        except PeerMissing as missing:
            left_out[side] = str(missing)
            tell(f"{side} is left out: {missing}")
    report = Report(
        singles,
        left_out,
        _calls(asked.lone) if asked.lone else None,
        _desk(asked.desk) if asked.desk else None,
        _waiting(asked.waiting) if asked.waiting else None,
        _file(asked.file) if asked.file else None,
    )
    if asked.json:
        typer.echo(json.dumps(report.to_json(), indent=2))
    else:
        typer.echo("\n".join([*report.lines(), machine()]))
    sys.exit(0 if report.is_whole else 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.whole_pipeline", description=__doc__
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    sides = [OURS, *PEERS]
    parser.add_argument(
        "--sides", nargs="+", choices=sides, default=sides, help="who carries; default all"
    )
    sizes = {
        "requests": (300, "all at once"),
        "lone": (5, "one by one, their calls to Prefect counted"),
        "desk": (300, "accepted and decided in each of two ways"),
        "waiting": (100_000, "at the gate"),
        "file": (5_000, "of a file, with one bulk decision"),
    }
    for name, (size, what) in sizes.items():
        said = f"requests {what}; default {size}, 0 leaves it out"
        parser.add_argument(f"--{name}", type=int, default=size, metavar="N", help=said)
    return parser.parse_args()


def _singles(side: str, how_many: int) -> Singles:
    with ExitStack() as stack:
        if side == OURS:
            running = stack.enter_context(ours(tell))
        else:
            begin = PEERS[side]()
            where = stack.enter_context(place())
            running = Running(side, stack.enter_context(begin(where)), where.post)
        return _run(lambda: measure_singles(running, how_many, tell))


def _calls(how_many: int) -> LoneCalls:
    with ours_counted(tell) as (running, log):
        return _run(lambda: measure_lone_calls(running, log, how_many, tell))


def _desk(how_many: int) -> DeskRates:
    with place():
        return _run(lambda: measure_desk(how_many, tell))


def _waiting(how_many: int) -> WaitingGate:
    with ours(tell):
        address = os.environ["DATABASE_URL"]
        prefect = address.replace("/mumaris?", "/prefect?")
        return measure_waiting_gate(address, prefect, how_many, tell)


def _file(how_many: int) -> WholeFile:
    with ours(tell) as running:
        return _run(lambda: measure_file(running, how_many, tell))


def _run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    async def run() -> T:
        try:
            return await work()
        finally:
            await close_engine()

    return asyncio.run(run())


if __name__ == "__main__":
    main()
