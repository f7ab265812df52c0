"""What the two flows of reminders do, in order: examine what is due, write to people, report.

    plan → send → report

The same result however many of a flow's runs were missed, doubled or killed. A run for another day
than today only rehearses: its one step is to plan without keeping anything.
"""

from datetime import date

from prefect.client.schemas.objects import State

from rules.policy.thresholds import Topic
from tasks.reminders.run import report
from tasks.reminders.shown import shown
from tasks.reminders.steps import plan, rehearse, send


async def remind(topic: Topic, on: date | None) -> State:
    """Remind everybody whose card or profile is due today; for another day, say what would be done.

    Today is the database's. Ends red only where the run itself is broken: an e-mail that cannot be
    sent has its reason in our tables, and a mail server that is away leaves them to the next run.
    """
    async with shown(topic, on) as run:
        if not run.is_today:
            return await run.end(await rehearse(run))
        planned = await plan(run)
        sent = await send(run)
        return await run.end(await report(run.day, planned, sent, now=run.clock.now()))
