"""A whole run of reminders in a process that may be killed: ``python -m support.reminder_runner``.

``DAY PROCESSES PATIENT``: the day it is for; how many processes send, 1 for its own; and whether it
is patient: noon of the day before by its clock, with hours ahead of it, or else ``--at-any-hour``.
Where it sends itself it holds ten letters at once, so that several runs would share them. In the
end it says its counts, as one line of JSON.
"""

import asyncio
import json
import sys
from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import patch

from desk.clock import utc_now
from desk.policy import current_policy
from models.database import close_engine
from rules.thresholds import About
from support.reminding import noon
from tasks.reminders.run import Report, run_reminders


async def _run(day: date, *, patient: bool) -> Report:
    # The senders' clocks are ahead of this one, so what it plans is due for them.
    ahead = utc_now() - noon(utc_now().date() - timedelta(days=1)) if patient else timedelta(0)
    try:
        return await run_reminders(
            About.CARD, day, run="test", clock=lambda: utc_now() - ahead, at_any_hour=not patient
        )
    finally:
        await close_engine()


def main() -> None:
    """Run, then report."""
    day, processes, patient = sys.argv[1:]
    policy = current_policy()
    policy = replace(policy, reminders=replace(policy.reminders, processes=int(processes)))
    with (
        patch("tasks.reminders.processes.WORTH_IT", 1),
        patch("tasks.reminders.letters.BATCH", 10),
        patch("tasks.reminders.run.current_policy", return_value=policy),
    ):
        found = asyncio.run(_run(date.fromisoformat(day), patient=patient == "patient"))
    counts = {"examined": found.examined, "sent": found.sent, "waiting": found.waiting}
    sys.stdout.write(json.dumps(counts) + "\n")


if __name__ == "__main__":
    main()
