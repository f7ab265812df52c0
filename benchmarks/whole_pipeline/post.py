"""The mail server of a comparison, and what it was given: `benchmarks.smtp_sink` with notes."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple, cast
from uuid import UUID

from stack.local import ROOT
from stack.ports import HOST

_LOOK_EVERY = 0.02


class Taken(NamedTuple):
    """E-mails that the server has taken, by their letter's id."""

    times: Counter[UUID]
    #: When each was taken first, in seconds since 1970.
    at: dict[UUID, float]


@dataclass(frozen=True)
class Post:
    """A mail server that runs."""

    port: int
    notes: Path

    def environment(self) -> dict[str, str]:
        """The variables by which a program sends to it."""
        return {
            "MUMARIS_SMTP_HOST": HOST,
            "MUMARIS_SMTP_PORT": str(self.port),
            "MUMARIS_MAIL_CAUGHT": "true",
        }

    def count(self) -> int:
        """How many it has taken so far."""
        return self.notes.read_bytes().count(b"\n") if self.notes.exists() else 0

    def taken(self) -> Taken:
        """Everything that it has taken so far."""
        taken = Taken(Counter(), {})
        for line in self.notes.read_text("ascii").splitlines() if self.notes.exists() else ():
            at, _, message_id = line.partition(" ")
            letter = UUID(message_id.partition("@")[0])
            taken.times[letter] += 1
            taken.at.setdefault(letter, float(at))
        return taken

    async def wait_for(self, how_many: int, *, within: float) -> bool:
        """Whether it has taken so many in all before so many seconds are over."""
        deadline = asyncio.get_running_loop().time() + within
        while self.count() < how_many:
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(_LOOK_EVERY)
        return True


@contextmanager
def post(folder: Path) -> Iterator[Post]:
    """A mail server in a process of its own, which notes in the folder what it takes."""
    notes = folder / "taken"
    child = subprocess.Popen(  # noqa: S603 - a module of ours
        [sys.executable, "-m", "benchmarks.smtp_sink", str(notes)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        yield Post(int(cast("IO[bytes]", child.stdout).readline()), notes)
    finally:
        child.terminate()
        child.communicate(timeout=10)
