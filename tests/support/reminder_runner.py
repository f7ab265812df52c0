"""A whole run of reminders in a process that may be killed: ``python -m support.reminder_runner``.

``DAY PROCESSES PATIENT``: the day that it is by its clock; how many processes send, 1 for its own;
and whether it is patient, with the hours of policy ahead of it, or else ``--at-any-hour``. It is
noon. Where it sends itself it holds ten letters at once, so that several runs would share them. In
the end it says its counts, as one line of JSON.
"""

import asyncio
import json
import sys
from datetime import date
from unittest.mock import patch

from models.database import close_engine
from rules.policy.thresholds import Topic
from support.reminding import noon, running
from tasks.reminders.run import RunReport, run_reminders


async def _run(day: date, *, patient: bool) -> RunReport:
    try:
        return await run_reminders(
            Topic.CARD, run="test", clock=running(noon(day)), at_any_hour=not patient
        )
    finally:
        await close_engine()


def main() -> None:
    """Run, then report."""
    day, patient = sys.argv[1:]
    with patch("tasks.sending.sender.BATCH", 10):
        found = asyncio.run(_run(date.fromisoformat(day), patient=patient == "patient"))
    counts = {"examined": found.examined, "sent": found.sent, "waiting": found.waiting}
    sys.stdout.write(json.dumps(counts) + "\n")


if __name__ == "__main__":
    main()
