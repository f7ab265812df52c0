"""The demo's reminders: a day's runs in Prefect, their e-mails, and a profile that is confirmed."""

import asyncio
import re
from collections.abc import Iterable
from datetime import date

from cli.demo.failing import DemoFailed
from cli.demo.runs import start_run, state_shown
from cli.demo.stage import PATIENCE, Stage, side_by_side
from desk.clock import utc_now
from desk.policy import current_policy
from desk.reminders.outlook import decided_on
from rules.policy.quiet_days import next_sending_day, quiet
from rules.policy.thresholds import Topic
from rules.values.dates import riyadh_day
from tasks.reminders.run import rehearse_day, run_reminders
from tasks.reminders.table import Counted, table

_CONFIRM = re.compile(r"https?://\S+/confirm/[\w-]+")


class Reminders:
    """Reminds the people of the examples; `tell` raises `DemoFailed` where a step is missing."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def tell(self) -> None:
        """Today's reminders on both topics, then one press of a button."""
        today = riyadh_day(utc_now())
        if quiet(today, current_policy().reminders):
            await self._rehearse(today)
            return
        await side_by_side(*(asyncio.to_thread(self._run_in_prefect, topic) for topic in Topic))
        for topic in Topic:
            await self._tell_of(topic, today)
        await self._stage.press(await self._stage.link(_CONFIRM))
        self._stage.say("  somebody presses the link in such an e-mail: the profile is confirmed")

    async def _rehearse(self, today: date) -> None:
        """Today is a day off: what the next working day's run would do."""
        day = next_sending_day(today, current_policy().reminders)
        for topic in Topic:
            found = await rehearse_day(topic, day, now=utc_now())
            self._say(topic, found.by_threshold, f"would be sent on {day}", rehearsed=True)

    async def _tell_of(self, topic: Topic, day: date) -> None:
        counted = await decided_on(day, topic)
        if not any(line["sent"] for line in table(topic, counted)):
            # At night the run has planned them, and leaves them to the hours of policy. One after
            # the other: a run that looks while another sends leaves its e-mails to that one.
            await run_reminders(topic, run="demo", at_any_hour=True)
            counted = await decided_on(day, topic)
        self._say(topic, counted, "sent")

    def _say(
        self, topic: Topic, counted: Iterable[Counted], what: str, *, rehearsed: bool = False
    ) -> None:
        column = "would be sent" if rehearsed else "sent"
        lines = [line for line in table(topic, counted, rehearsed=rehearsed) if line[column]]
        if not lines:
            raise DemoFailed(f"no reminder about a {topic} {what}")
        said = ", ".join(f"{line[column]} at {line['threshold']}" for line in lines)
        self._stage.say(f"  reminders about the {topic} {what}: {said}")

    def _run_in_prefect(self, topic: Topic) -> None:
        name = f"{topic}-reminders"
        run = start_run(self._stage.running, f"{name}/{name}")
        state = state_shown(self._stage.running, run, "Completed", within=PATIENCE)
        if state != "Completed":
            raise DemoFailed(f"the run of {name} is {state}")
