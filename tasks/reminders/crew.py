"""Send reminders from several processes at once, where that pays."""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from desk.clock import utc_now
from mail.settings import MailSettings
from rules.errors import Unavailable
from rules.policy.reminders import ReminderPolicy
from tasks.reminders.delivery import SEND_WITHIN, Sender
from tasks.reminders.run_clock import Clock, RunClock

ROOT = Path(__file__).resolve().parent.parent.parent
#: Below so many letters a process costs more to start (about a second) than it saves.
WORTH_IT = 1_000
#: Seconds that a process gets to end once it is told to: for the letter that it is sending, and to
#: stamp it.
_GRACE = SEND_WITHIN.total_seconds() + 10


class SenderDied(Unavailable):
    """A process that sends reminders ended with an error; what it held is due again soon."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"a process that sends reminders ended with code {code}")
        self.code = code


@dataclass
class Sent:
    """How the attempts ended, and what the processes took."""

    counts: Counter[str] = field(default_factory=Counter)
    peak_kb: list[int] = field(default_factory=list)

    def add(self, more: "Sent") -> None:
        """Count another round of attempts as well."""
        self.counts.update(more.counts)
        self.peak_kb += more.peak_kb


class Crew:
    """Who sends the reminders: processes that wait for the word, or this one.

    The processes end with this one, whatever kills it: their standard input ends then.
    """

    def __init__(
        self,
        policy: ReminderPolicy,
        *,
        processes: int,
        clock: Clock = utc_now,
    ) -> None:
        self._policy = policy
        self._processes = processes
        #: Runs since before the day was planned.
        self.clock = RunClock(clock)
        self._children: list[Process] = []
        self._sender: Sender | None = None

    async def get_ready(self) -> None:
        """Start the processes, if there are to be any and none wait for the word."""
        if not self._children and self._processes > 1:
            for _ in range(self._processes):
                self._children.append(await _start(self.clock.now() - utc_now(), self._processes))

    async def send(self, *, patience: timedelta) -> Sent:
        """Send what is due; see `Sender.run`. May be called again.

        Raises `SenderDied` once the others have ended: the letters that a dead one held are due
        again when its hold ends, and are found by whoever looks then.
        """
        if self._processes == 1:
            self._sender = Sender(
                policy=self._policy, settings=MailSettings(), clock=self.clock.now
            )
            return Sent(await self._sender.run(patience=patience))
        await self.get_ready()
        word = f"{patience.total_seconds()}\n".encode()
        outputs = await asyncio.gather(*(_tell(child, word) for child in self._children))
        ended, self._children = self._children, []
        sent = Sent()
        for child, output in zip(ended, outputs, strict=True):
            if child.returncode != 0:
                raise SenderDied(child.returncode)
            report = json.loads(output)
            sent.counts.update(report["counts"])
            sent.peak_kb.append(report["peak_kb"])
        return sent

    def stop(self) -> None:
        """Let `send` end in order and soon; see `Sender.stop`."""
        if self._sender is not None:
            self._sender.stop()
        for child in self._children:
            _end_input(child)

    async def leave(self) -> None:
        """End the processes that there are, in order if they can."""
        self.stop()
        await asyncio.gather(*(_end(child) for child in self._children))
        self._children = []


@asynccontextmanager
async def crew(
    policy: ReminderPolicy,
    *,
    expected: int,
    clock: Clock = utc_now,
) -> AsyncIterator[Crew]:
    """Whoever will send about so many letters; processes start now, while the day is planned.

    They send nothing before `Crew.send`, and are gone when the block ends.
    """
    processes = policy.processes if expected >= WORTH_IT else 1
    found = Crew(policy, processes=processes, clock=clock)
    try:
        await found.get_ready()
        yield found
    finally:
        await found.leave()


async def _start(ahead: timedelta, processes: int) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tasks.reminders.sender_process",
        str(ahead.total_seconds()),
        str(processes),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )


async def _tell(child: Process, word: bytes) -> bytes:
    """Give the word, leave its standard input open, and return what it says in the end."""
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("a process that sends has no pipes")
    # Without waiting: one that is dead already shows it by its code.
    child.stdin.write(word)
    said = await child.stdout.read()
    await child.wait()
    _end_input(child)
    return said


def _end_input(child: Process) -> None:
    if child.stdin is not None:
        child.stdin.close()


async def _end(child: Process) -> None:
    _end_input(child)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(child.wait(), _GRACE)
    if child.returncode is None:
        child.kill()
        await child.wait()
