"""One process that sends reminders: ``python -m tasks.reminder_sender DAY PROCESSES``.

Started by `tasks.reminder_processes`. It begins when its standard input says for how many seconds
it may wait for a mail server that is away, and ends when nothing is said. On its standard output it
says, as one line of JSON, how its attempts ended and how much memory it took.
"""

import asyncio
import json
import resource
import sys
from datetime import date, timedelta

from desk.policy import current_policy
from mail.settings import MailSettings
from models.database import close_engine
from tasks.reminder_letters import Sender


async def send(day: date, processes: int, seconds: float) -> dict[str, int]:
    """Send what is due; see `Sender.run`."""
    sender = Sender(
        day=day, policy=current_policy().reminders, settings=MailSettings(), of=processes
    )
    try:
        return dict(await sender.run(patience=timedelta(seconds=seconds)))
    finally:
        await close_engine()


def main() -> None:
    """Wait for the word, send, then report."""
    day, processes = sys.argv[1:]
    current_policy()
    seconds = sys.stdin.readline()
    if not seconds:
        return
    counts = asyncio.run(send(date.fromisoformat(day), int(processes), float(seconds)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(json.dumps({"counts": counts, "peak_kb": peak}) + "\n")


if __name__ == "__main__":
    main()
