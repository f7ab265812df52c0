"""Planning and sending a day's reminders: ``python -m benchmarks.reminders [--json]``.

Three registers, of which the same number of cards is due, show that planning costs what is due and
not what is stored. Then the letters of the largest are sent to a local mail server that keeps
nothing, beside aiosmtplib alone sending ready-made bytes of the same size to the same server.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as dtime
from pathlib import Path
from typing import IO, cast

from benchmarks.card_register import fill_register, vacuum
from benchmarks.memory import peak_mib
from benchmarks.ready_made import ready_made, send_ready_made
from desk.policy import current_policy
from mail.settings import MailSettings
from models.database import close_engine
from models.migrate import migrate
from models.settings import DatabaseSettings
from rules.policy.reminders import ReminderPolicy
from stack.postgres import EmbeddedPostgres
from tasks.reminders.delivery import reminder_sender
from tasks.reminders.planning import Plan, plan_chunk

DAY = date(2026, 11, 23)
#: Letters that aiosmtplib alone sends, each time; no more than are due.
_ALONE = 5_000
ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Planned:
    """One register's planning."""

    cards: int
    due: int
    load_seconds: float
    #: Once, after a register is loaded: every card is looked at and stamped.
    first_pass_seconds: float
    planning_seconds: float
    letters: int


@dataclass
class Sending:
    """Planned → accepted by the mail server → stamped."""

    letters: int
    seconds: float
    per_second: float
    connections: int
    bytes_each: int
    alone_per_second: dict[str, float]
    ratio: float


@contextmanager
def sink() -> Iterator[int]:
    """The mail server, in a process of its own; its port."""
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.smtp_sink"],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        yield int(cast("IO[bytes]", child.stdout).readline())
    finally:
        child.terminate()
        child.communicate(timeout=10)


def noon_of(day: date) -> Callable[[], datetime]:
    """A clock that shows noon of this day in Riyadh now, and goes on from there."""
    noon, began = datetime.combine(day, dtime(9), UTC), time.monotonic()
    return lambda: noon + timedelta(seconds=time.monotonic() - began)


async def plan(day: date, policy: ReminderPolicy) -> tuple[Plan, float]:
    """Plan a whole day; what it found and the seconds it took."""
    found, began, clock = Plan(), time.perf_counter(), noon_of(day)
    while await plan_chunk(found, day=day, now=clock(), run="benchmark", policy=policy):
        pass
    return found, time.perf_counter() - began


async def load(cards: int, due: int, policy: ReminderPolicy) -> tuple[float, float]:
    """A new register, seen once by a run of the day before; the seconds of both."""
    began = time.perf_counter()
    fill_register(
        DatabaseSettings().libpq_url(),
        cards=cards,
        due=due,
        day=DAY,
        thresholds=policy.card.days_left,
    )
    loaded = time.perf_counter() - began
    _, first = await plan(DAY - timedelta(days=1), policy)
    # The database tidies up in the night between, not in the middle of what is measured.
    vacuum(DatabaseSettings().libpq_url())
    return loaded, first


async def measure_planning(cards: int, due: int, policy: ReminderPolicy) -> Planned:
    """Plan the day on which cards are due."""
    loaded, first = await load(cards, due, policy)
    found, seconds = await plan(DAY, policy)
    return Planned(cards, due, loaded, first, seconds, found.letters)


async def measure_run(
    cards: int, due: int, policy: ReminderPolicy, settings: MailSettings
) -> tuple[Planned, Sending]:
    """A whole run as production has it: one process plans, then sends.

    The ready-made bytes go out right before it and right after it.
    """
    message = ready_made(settings)
    loaded, first = await load(cards, due, policy)
    alone: dict[int, list[float]] = {1: [], policy.connections: []}
    few = min(_ALONE, due)
    await _send_alone(message, settings, few, alone)
    found, planning = await plan(DAY, policy)
    sender = reminder_sender(policy=policy, settings=settings, clock=noon_of(DAY))
    began = time.perf_counter()
    sent = await sender.run(patience=timedelta(minutes=30))
    seconds = time.perf_counter() - began
    await _send_alone(message, settings, few, alone)
    means = {str(number): statistics.mean(rates) for number, rates in alone.items()}
    rate = sent["sent"] / seconds
    return Planned(cards, due, loaded, first, planning, found.letters), Sending(
        letters=sent["sent"],
        seconds=seconds,
        per_second=rate,
        connections=policy.connections,
        bytes_each=len(message),
        alone_per_second=means,
        ratio=rate / max(means.values()),
    )


async def _send_alone(
    message: bytes, settings: MailSettings, letters: int, alone: dict[int, list[float]]
) -> None:
    for connections, rates in alone.items():
        rates.append(await send_ready_made(message, settings, letters, connections))


async def measure(sizes: list[int], due: int, port: int) -> tuple[list[Planned], Sending]:
    """Everything, in this event loop."""
    policy = replace(
        current_policy().reminders, letters_per_second=0, letters_per_second_per_domain=0
    )
    settings = MailSettings(smtp_host="127.0.0.1", smtp_port=port)
    try:
        planned = [await measure_planning(cards, min(due, cards), policy) for cards in sizes[:-1]]
        last, sending = await measure_run(sizes[-1], min(due, sizes[-1]), policy, settings)
        return [*planned, last], sending
    finally:
        await close_engine()


def show(planned: list[Planned], sending: Sending, peak_mb: int) -> None:
    """The table."""
    print(f"{'cards':>10} {'due':>7} {'load s':>8} {'first pass s':>13} {'planning s':>11}")
    for row in planned:
        print(
            f"{row.cards:>10,} {row.due:>7,} {row.load_seconds:>8.1f} "
            f"{row.first_pass_seconds:>13.1f} {row.planning_seconds:>11.2f}"
        )
    print()
    print(
        f"planned → accepted → stamped: {sending.letters:,} letters of about "
        f"{sending.bytes_each:,} bytes "
        f"in {sending.seconds:.1f} s = {sending.per_second:,.0f} a second "
        f"(one process, {sending.connections} connections)"
    )
    for connections, rate in sending.alone_per_second.items():
        print(f"aiosmtplib alone, ready-made bytes, {connections} connection(s): {rate:,.0f}/s")
    print(f"ratio to the faster of these: {sending.ratio:.2f}")
    print(f"peak memory: {peak_mb} MB")


def main() -> None:
    """Measure and show; everything that is started is stopped."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--cards", type=int, default=1_000_000)
    arguments.add_argument("--due", type=int, default=20_000)
    given = arguments.parse_args()
    sizes = sorted({size for size in (10_000, 100_000) if size < given.cards} | {given.cards})
    with tempfile.TemporaryDirectory(prefix="mumaris-bench-") as folder:
        Path(folder).chmod(0o711)
        with EmbeddedPostgres(Path(folder) / "pg") as postgres, sink() as port:
            postgres.create_database("bench")
            os.environ |= {
                "DATABASE_URL": postgres.url("bench"),
                "MUMARIS_SMTP_HOST": "127.0.0.1",
                "MUMARIS_SMTP_PORT": str(port),
                "MUMARIS_MAIL_CAUGHT": "true",
            }
            migrate()
            planned, sending = asyncio.run(measure(sizes, given.due, port))
    peak_mb = round(peak_mib())
    if given.json:
        rows = [asdict(row) for row in planned]
        print(json.dumps({"planning": rows, "sending": asdict(sending), "peak_mb": peak_mb}))
    else:
        show(planned, sending, peak_mb)


if __name__ == "__main__":
    main()
