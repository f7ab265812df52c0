"""Sending the letters of a file of requests: ``python -m benchmarks.letters [--json]``.

Each request owes two: that it was received, and its activation link. They leave as the worker's
house-keeping sends them, to a local mail server that keeps nothing, beside aiosmtplib alone sending
ready-made bytes of the same size to the same server. Before that, requests owe theirs one at a
time, and the milliseconds until both are stamped are taken.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from sqlmodel import select

from benchmarks.card_register import fill_register
from benchmarks.letter_register import owe_letters
from benchmarks.memory import peak_mib
from benchmarks.ready_made import ready_made, send_ready_made
from benchmarks.reminders import sink
from desk.clock import utc_now
from mail.settings import MailSettings
from models.database import close_engine, transaction
from models.migrate import migrate
from models.practitioners import Practitioner
from models.settings import DatabaseSettings
from rules.values.dates import riyadh_day
from stack.postgres import EmbeddedPostgres
from tasks.letter_delivery import CONNECTIONS, deliver_letters

#: Letters that aiosmtplib alone sends, before and after; no more than are owed.
_ALONE = 5_000
#: Requests whose letters are sent by themselves.
_LONE = 20


@dataclass
class Sending:
    """Owed → accepted by the mail server → stamped."""

    letters: int
    seconds: float
    per_second: float
    connections: int
    bytes_each: int
    alone_per_second: dict[str, float]
    ratio: float
    #: From the call to the stamp, of the two letters of one request; the median.
    lone_milliseconds: float


async def measure(requests: int, port: int) -> Sending:
    """Everything, in this event loop."""
    settings = MailSettings(smtp_host="127.0.0.1", smtp_port=port)
    message = ready_made(settings)
    alone: dict[int, list[float]] = {1: [], CONNECTIONS: []}
    few = min(_ALONE, 2 * requests)
    try:
        people = await _people(requests + _LONE)
        lone = [await _lone(person) for person in people[:_LONE]]
        await owe_letters(people[_LONE:], now=utc_now())
        await _send_alone(message, settings, few, alone)
        began = time.perf_counter()
        sent = await deliver_letters(now=utc_now())
        seconds = time.perf_counter() - began
        await _send_alone(message, settings, few, alone)
    finally:
        await close_engine()
    means = {str(number): statistics.mean(rates) for number, rates in alone.items()}
    return Sending(
        letters=sent,
        seconds=seconds,
        per_second=sent / seconds,
        connections=CONNECTIONS,
        bytes_each=len(message),
        alone_per_second=means,
        ratio=sent / seconds / max(means.values()),
        lone_milliseconds=statistics.median(lone),
    )


async def _people(how_many: int) -> list[UUID]:
    today = riyadh_day(utc_now())
    fill_register(
        DatabaseSettings().libpq_url(), cards=how_many, due=0, day=today, thresholds=(30,)
    )
    async with transaction() as session:
        return list((await session.exec(select(Practitioner.id))).all())


async def _lone(person: UUID) -> float:
    """Milliseconds that the two letters of one request take, from the call to their stamp."""
    await owe_letters([person], now=utc_now())
    began = time.perf_counter()
    await deliver_letters(now=utc_now())
    return (time.perf_counter() - began) * 1000


async def _send_alone(
    message: bytes, settings: MailSettings, letters: int, alone: dict[int, list[float]]
) -> None:
    for connections, rates in alone.items():
        rates.append(await send_ready_made(message, settings, letters, connections))


def show(sending: Sending, peak_mb: int) -> None:
    """The figures."""
    print(
        f"owed → accepted → stamped: {sending.letters:,} letters in {sending.seconds:.1f} s = "
        f"{sending.per_second:,.0f} a second (one process, {sending.connections} connections)"
    )
    for connections, rate in sending.alone_per_second.items():
        print(
            f"aiosmtplib alone, ready-made, {sending.bytes_each:,} bytes, "
            f"{connections} connection(s): {rate:,.0f}/s"
        )
    print(f"ratio to the faster of these: {sending.ratio:.2f}")
    print(f"two letters of one request: {sending.lone_milliseconds:.0f} ms to their stamp")
    print(f"peak memory: {peak_mb} MB")


def main() -> None:
    """Measure and show; everything that is started is stopped."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--requests", type=int, default=5_000)
    given = arguments.parse_args()
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
            sending = asyncio.run(measure(given.requests, port))
    peak_mb = round(peak_mib())
    if given.json:
        print(json.dumps({"sending": asdict(sending), "peak_mb": peak_mb}))
    else:
        show(sending, peak_mb)


if __name__ == "__main__":
    main()
