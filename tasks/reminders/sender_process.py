"""One process that sends reminders: ``python -m tasks.reminders.sender_process AHEAD PROCESSES``.

Started by `tasks.reminders.crew`; AHEAD is by how many seconds the run's clock is ahead of
this machine's. It begins when its standard input says for how many seconds
it may wait for a mail server that is away, and ends when nothing is said. It stops in order when
its standard input ends: its parent says so, or is dead. On its standard output it says, as one line
of JSON, how its attempts ended and how much memory it took.
"""

import asyncio
import contextlib
import json
import os
import resource
import sys
from collections.abc import Callable
from datetime import timedelta

from desk.clock import utc_now
from desk.policy import current_policy
from mail.settings import MailSettings
from models.database import close_engine
from tasks.reminders.delivery import Sender


async def send(ahead: timedelta, processes: int, seconds: float) -> dict[str, int]:
    """Send what is due; see `Sender.run`."""
    sender = Sender(
        policy=current_policy().reminders,
        settings=MailSettings(),
        clock=lambda: utc_now() + ahead,
        of=processes,
    )
    _at_the_end_of_input(sender.stop)
    try:
        return dict(await sender.run(patience=timedelta(seconds=seconds)))
    finally:
        await close_engine()


def _at_the_end_of_input(stop: Callable[[], None]) -> None:
    loop, source = asyncio.get_running_loop(), sys.stdin.fileno()

    def look() -> None:
        if not os.read(source, 1):
            loop.remove_reader(source)
            stop()

    loop.add_reader(source, look)


def main() -> None:
    """Wait for the word, send, then report."""
    ahead, processes = timedelta(seconds=float(sys.argv[1])), int(sys.argv[2])
    current_policy()
    seconds = sys.stdin.readline()
    if not seconds:
        return
    counts = asyncio.run(send(ahead, processes, float(seconds)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = json.dumps({"counts": counts, "peak_kb": peak}) + "\n"
    # A parent that is dead needs no report; what was sent is stamped.
    with contextlib.suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), report.encode())


if __name__ == "__main__":
    main()
