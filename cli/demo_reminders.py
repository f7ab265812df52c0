"""The demo's reminders: a day's runs in Prefect, their letters, and a profile that is confirmed."""

import asyncio
import re
from datetime import date

from cli.demo_runs import ended_run, start_run
from cli.demo_stage import DemoFailed, Stage
from desk.clock import utc_now
from desk.policy import current_policy
from desk.reminder_table import table
from rules.dates import riyadh_day
from rules.quiet_days import next_sending_day, quiet
from rules.thresholds import About
from stack.running import RunningStack
from tasks.reminders.run import Report, run_reminders

_CONFIRM = re.compile(r"https?://\S+/confirm/[\w-]+")


class Reminders:
    """Reminds the people of the examples; `tell` raises `DemoFailed` where a step is missing."""

    def __init__(self, stage: Stage, running: RunningStack) -> None:
        self._stage = stage
        self._running = running

    async def tell(self) -> None:
        """Both kinds of reminders of one day, then one press of a button."""
        day = _sending_day()
        self._stage.say(f"The reminders of {day}")
        for about in About:
            await self._remind(about, day)
        link = await self._stage.link(_CONFIRM)
        await self._stage.press(link)
        self._stage.say("  somebody presses the link of such a letter: the profile is confirmed")

    async def _remind(self, about: About, day: date) -> None:
        run = await asyncio.to_thread(self._run_in_prefect, about, day)
        # At night the run has planned its letters, and leaves them to the hours of policy.
        rest = await run_reminders(about, day, run="demo", at_any_hour=True)
        if not any(line["sent"] for line in table(about, rest.by_threshold)):
            raise DemoFailed(f"no reminder about a {about} has left")
        self._say_what_became(about, rest)
        self._stage.say(f"  in the Prefect UI: {self._running.prefect_ui_url}/runs/flow-run/{run}")

    def _run_in_prefect(self, about: About, day: date) -> str:
        api, name = self._running.prefect_api_url, f"{about}-reminders"
        run = ended_run(api, start_run(api, f"{name}/{name}", {"on": day.isoformat()}))
        if run["state"]["type"] != "COMPLETED":
            raise DemoFailed(f"the run of {name} is {run['state']['name']}")
        return str(run["id"])

    def _say_what_became(self, about: About, report: Report) -> None:
        for line in table(about, report.by_threshold):
            skipped = f", skipped: {line['skipped']}" if line["skipped"] else ""
            self._stage.say(
                f"  {about}, {line['threshold']}: {line['due']} due, {line['sent']} sent{skipped}"
            )


def _sending_day() -> date:
    """Today, or the next day on which letters leave."""
    today, policy = riyadh_day(utc_now()), current_policy().reminders
    return next_sending_day(today, policy) if quiet(today, policy) else today
