"""How many webhooks a second one sender delivers to a local receiver, for `benchmarks.api`.

They are owed as a file of requests owes them, and leave as a worker's house-keeping sends them.
Beside it, the same bytes over the same connections, with no row held and none stamped: what the
library alone reaches.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from sqlmodel import col, select

from benchmarks.letter_register import new_request
from benchmarks.people import register_practitioners
from desk.accounts.machines import make_machine
from desk.clock import utc_now
from desk.machines.webhooks import subscribe
from desk.policy import current_policy
from models.columns import among
from models.database import close_engine, transaction
from models.door import APPLICANT
from models.entry import keep_submitted
from models.practitioners import Practitioner
from rules.accounts.machines import MachineKind
from rules.webhooks.events import MEDIA_TYPE
from rules.webhooks.receivers import read_receiver
from rules.webhooks.signing import signed_headers
from tasks.webhooks.network import Names, addresses_of, network
from tasks.webhooks.passes import LINES, deliver_webhooks

ROOT = Path(__file__).resolve().parents[1]
#: A second that are wanted of one worker.
WEBHOOKS_WANTED = 1_000
#: What travels where nothing but the library is measured: as long as one of ours.
_BODY = b"x" * 420


@dataclass(frozen=True)
class Told:
    """What was delivered, and how fast."""

    webhooks: int
    per_second: float
    #: Of the library alone.
    bare_per_second: float


async def measure_webhooks(requests: int) -> Told:
    """So many requests are accepted, and a receiver is told of each."""
    with receiver() as port:
        try:
            url = f"http://127.0.0.1:{port}/"
            await make_machine("webhooks", MachineKind.HOUSE, by="benchmark", now=utc_now())
            await subscribe("webhooks", url, by="benchmark", now=utc_now())
            wishes = await register_practitioners(requests)
            await _submit([wish.registration_number for wish in wishes])
            began = time.perf_counter()
            told = 0
            while sent := await deliver_webhooks(now=utc_now()):
                told += sent
            seconds = time.perf_counter() - began
            return Told(told, told / seconds, await _bare(url, requests))
        finally:
            await close_engine()


async def _submit(numbers: list[str]) -> None:
    """A request of each of these people, with the first line of its history, and what is owed."""
    async with transaction() as session:
        number = col(Practitioner.registration_number)
        people = (await session.exec(select(Practitioner).where(among(number, numbers)))).all()
        now = utc_now()
        requests = [new_request(person, in_bulk=True, now=now) for person in people]
        await keep_submitted(session, requests, by=APPLICANT, now=now)


async def _bare(url: str, many: int) -> float:
    policy = current_policy().webhooks
    to = read_receiver(url, policy)
    left = list(range(many))

    async def line() -> None:
        names = Names(addresses_of)
        async with network(
            networks=policy.networks, within=policy.answer_seconds, names=names
        ) as way:
            while left:
                signed = signed_headers(f"{left.pop()}", _BODY, [_BODY[:32]], timestamp=1)
                await way.post(to, {"content-type": MEDIA_TYPE, **signed}, _BODY)

    began = time.perf_counter()
    await asyncio.gather(*(line() for _ in range(LINES)))
    return many / (time.perf_counter() - began)


@contextmanager
def receiver() -> Iterator[int]:
    """The receiver, in a process of its own; its port."""
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.webhook_sink"], stdout=subprocess.PIPE, cwd=ROOT
    )
    try:
        yield int(cast("IO[bytes]", child.stdout).readline())
    finally:
        child.terminate()
        child.communicate(timeout=10)
