"""A mail server that watches how it is used, and runs of reminders in processes of their own."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from stack.local import ROOT
from support.reminding import SUNDAY, OnFile, card_on_file
from support.smtp import At, Fault, SmtpRecorder

_TESTS = Path(__file__).parent.parent


@dataclass
class WatchedSmtp(SmtpRecorder):
    """Knows when each letter came, and how many connections were open at once."""

    extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8", "PIPELINING")
    #: Seconds that it takes for each answer.
    takes: float = 0.0
    #: Asked at each point, before the server answers: a test may act there.
    before: Callable[[At], None] | None = None
    #: On `time.monotonic`, in the order of ``accepted``.
    arrivals: list[float] = field(default_factory=list)
    most_connections: int = 0
    connections_now: int = 0

    def next_fault(self, at: At) -> Fault | None:
        """As every recorder does; the end of a letter's content is when it came."""
        if self.before is not None:
            self.before(at)
        fault = super().next_fault(at)
        if at == "CONTENT" and (fault is None or fault.reply is None):
            self.arrivals.append(time.monotonic())
        return fault

    @property
    def is_listening(self) -> bool:
        """Whether it takes connections."""
        return self._server is not None

    def ids(self) -> list[str]:
        """The Message-ID of every letter that it has."""
        return [str(taken.message["Message-ID"]) for taken in self.accepted]

    def seconds(self) -> float:
        """From the first letter to the last."""
        return self.arrivals[-1] - self.arrivals[0]

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections_now += 1
        self.most_connections = max(self.most_connections, self.connections_now)
        try:
            slow = cast("asyncio.StreamWriter", _Slow(writer, self.takes))
            await super()._talk(reader, slow if self.takes else writer)
        finally:
            self.connections_now -= 1


class _Slow:
    """A writer that sends what was written only after a while."""

    def __init__(self, writer: asyncio.StreamWriter, seconds: float) -> None:
        self._writer = writer
        self._seconds = seconds
        self._unsent = b""
        self.close = writer.close
        self.wait_closed = writer.wait_closed

    def write(self, data: bytes) -> None:
        self._unsent += data

    async def drain(self) -> None:
        await asyncio.sleep(self._seconds)
        self._writer.write(self._unsent)
        self._unsent = b""
        await self._writer.drain()


@asynccontextmanager
async def watched_smtp() -> AsyncIterator[WatchedSmtp]:
    """The mail server that the environment names meanwhile, also for processes that start."""
    with pytest.MonkeyPatch.context() as patch:
        async with WatchedSmtp() as smtp:
            smtp.name_in(patch)
            patch.setenv("MUMARIS_MAIL_FROM", "cards@example.org")
            yield smtp


async def due_cards(number: int, **person: str) -> list[OnFile]:
    """So many cards that are due on the same Sunday."""
    return [await card_on_file(SUNDAY + timedelta(days=14), **person) for _ in range(number)]


@dataclass
class RunProcess:
    """A run of reminders in a process of its own."""

    process: asyncio.subprocess.Process

    @property
    def pid(self) -> int:
        """Of the process."""
        return self.process.pid

    async def counts(self) -> dict[str, int]:
        """Wait until it ends well; what it counted."""
        output, _ = await self.process.communicate()
        assert self.process.returncode == 0
        found: dict[str, int] = json.loads(output.splitlines()[-1])
        return found


async def start_run(*, patient: bool = False) -> RunProcess:
    """Start a run for the Sunday."""
    return RunProcess(
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "support.reminder_runner",
            SUNDAY.isoformat(),
            "patient" if patient else "hurried",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(_TESTS)])},
        )
    )
