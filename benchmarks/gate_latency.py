"""`python -m benchmarks.gate_latency`: our worker and Prefect's process worker, side by side.

Starts what it needs in a folder of its own, one installation after the other, so that neither pays
for the other's idling, and leaves nothing behind. Exits 1 only where a request of the burst was
lost or its run crashed, never for slow numbers.
"""

import argparse
import asyncio
import json
import os
import sys

import typer
from prefect.client.orchestration import PrefectClient

from benchmarks.burst import BurstResult, measure_burst
from benchmarks.latency import Latencies, measure_latencies
from benchmarks.report import Report
from benchmarks.shell import end_in_order, machine, tell
from benchmarks.sides import OURS, PROCESS, Side
from models.database import close_engine


def main() -> None:
    """Measure what was asked for and print the report."""
    asked = _arguments()
    end_in_order()
    ours = process = burst = None
    if asked.ours or asked.burst:
        ours, burst = _measure(OURS, asked.ours, asked.burst)
    if asked.process:
        process, _ = _measure(PROCESS, asked.process, 0)
    report = Report(ours, process, burst)
    if asked.json:
        typer.echo(json.dumps(report.to_json(), indent=2))
    else:
        typer.echo("\n".join([*report.lines(), machine()]))
    sys.exit(0 if report.is_whole else 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gate_latency", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    sizes = {"ours": 30, "process": 8, "burst": 100}
    for name, size in sizes.items():
        parser.add_argument(
            f"--{name}", type=int, default=size, metavar="N", help=f"requests; default {size}"
        )
    return parser.parse_args()


def _measure(side: Side, how_many: int, burst: int) -> tuple[Latencies | None, BurstResult | None]:
    with side.stack(tell) as running:
        return asyncio.run(_measure_on(side, running.prefect_api_url, how_many, burst))


async def _measure_on(
    side: Side, api_url: str, how_many: int, burst: int
) -> tuple[Latencies | None, BurstResult | None]:
    try:
        known = os.environ.get("PREFECT_API_AUTH_STRING")
        async with PrefectClient(api_url, auth_string=known) as client:
            latencies = await measure_latencies(side, client, how_many, tell) if how_many else None
            return latencies, await measure_burst(client, burst, tell) if burst else None
    finally:
        await close_engine()


if __name__ == "__main__":
    main()
