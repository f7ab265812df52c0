"""Send reminders from several processes at once, where that pays."""

import asyncio
import contextlib
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from mail.settings import MailSettings
from rules.errors import MumarisError
from rules.reminder_policy import ReminderPolicy
from tasks.reminder_letters import Sender

ROOT = Path(__file__).resolve().parent.parent
#: Below so many letters a process costs more to start (about a second) than it saves.
WORTH_IT = 1_000
#: Seconds that a process gets to end once it is told to.
_GRACE = 10


class SenderDied(MumarisError):
    """A process that sends reminders ended with an error; what it held is due again soon."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"a process that sends reminders ended with code {code}")
        self.code = code


@dataclass
class Sent:
    """How the attempts ended, and what the processes took."""

    counts: Counter[str] = field(default_factory=Counter)
    peak_kb: list[int] = field(default_factory=list)


class Crew:
    """Who sends a day's reminders: processes that wait for the word, or this one."""

    def __init__(
        self, day: date, policy: ReminderPolicy, children: list[asyncio.subprocess.Process]
    ) -> None:
        self._day = day
        self._policy = policy
        self._children = children

    async def send(self, *, patience: timedelta) -> Sent:
        """Send what is due; see `Sender.run`.

        Raises `SenderDied` once the others have ended: the letters that a dead one held are due
        again when its hold ends, and are found by whoever looks then.
        """
        if not self._children:
            sender = Sender(day=self._day, policy=self._policy, settings=MailSettings())
            return Sent(await sender.run(patience=patience))
        word = f"{patience.total_seconds()}\n".encode()
        outputs = await asyncio.gather(*(child.communicate(word) for child in self._children))
        sent = Sent()
        for child, (output, _) in zip(self._children, outputs, strict=True):
            if child.returncode != 0:
                raise SenderDied(child.returncode)
            report = json.loads(output.splitlines()[-1])
            sent.counts.update(report["counts"])
            sent.peak_kb.append(report["peak_kb"])
        return sent


@asynccontextmanager
async def crew(day: date, policy: ReminderPolicy, *, expected: int) -> AsyncIterator[Crew]:
    """Whoever will send about so many letters; processes start now, while the day is planned.

    They send nothing before `Crew.send`, and are gone when the block ends.
    """
    processes = policy.processes if expected >= WORTH_IT else 1
    async with AsyncExitStack() as stack:
        children = [
            await stack.enter_async_context(_process(day, processes))
            for _ in range(processes)
            if processes > 1
        ]
        yield Crew(day, policy, children)


@asynccontextmanager
async def _process(day: date, processes: int) -> AsyncIterator[asyncio.subprocess.Process]:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tasks.reminder_sender",
        day.isoformat(),
        str(processes),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(child.wait(), _GRACE)
        if child.returncode is None:
            child.kill()
            await child.wait()
