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
from tasks.reminders.run import Report, rehearse_day, run_reminders

_CONFIRM = re.compile(r"https?://\S+/confirm/[\w-]+")


class Reminders:
    """Reminds the people of the examples; `tell` raises `DemoFailed` where a step is missing."""

    def __init__(self, stage: Stage, running: RunningStack) -> None:
        self._stage = stage
        self._running = running

    async def tell(self) -> None:
        """Both kinds of reminders of one day, then one press of a button."""
        today = riyadh_day(utc_now())
        self._stage.say(f"The reminders of {today}")
        if quiet(today, current_policy().reminders):
            await self._rehearse(today)
            return
        for about in About:
            await self._remind(about)
        link = await self._stage.link(_CONFIRM)
        await self._stage.press(link)
        self._stage.say("  somebody presses the link of such a letter: the profile is confirmed")

    async def _rehearse(self, today: date) -> None:
        """Today is a day off: what the next working day's run would do."""
        day = next_sending_day(today, current_policy().reminders)
        self._stage.say(f"  no reminder leaves today; on {day} these would:")
        for about in About:
            self._say_what_became(about, await rehearse_day(about, day, now=utc_now()))

    async def _remind(self, about: About) -> None:
        run = await asyncio.to_thread(self._run_in_prefect, about)
        # At night the run has planned its letters, and leaves them to the hours of policy.
        rest = await run_reminders(about, run="demo", at_any_hour=True)
        if not any(line["sent"] for line in table(about, rest.by_threshold)):
            raise DemoFailed(f"no reminder about a {about} has left")
        self._say_what_became(about, rest)
        self._stage.say(f"  in the Prefect UI: {self._running.prefect_ui_url}/runs/flow-run/{run}")

    def _run_in_prefect(self, about: About) -> str:
        api, name = self._running.prefect_api_url, f"{about}-reminders"
        run = ended_run(api, start_run(api, f"{name}/{name}", {}))
        if run["state"]["type"] != "COMPLETED":
            raise DemoFailed(f"the run of {name} is {run['state']['name']}")
        return str(run["id"])

    def _say_what_became(self, about: About, report: Report) -> None:
        what = "would be sent" if report.rehearsed else "sent"
        for line in table(about, report.by_threshold, rehearsed=report.rehearsed):
            skipped = f", skipped: {line['skipped']}" if line["skipped"] else ""
            self._stage.say(
                f"  {about}, {line['threshold']}: {line['due']} due, {line[what]} {what}{skipped}"
            )
