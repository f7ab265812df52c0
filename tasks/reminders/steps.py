"""The steps of a run of reminders, as Prefect's tasks: each is safe to repeat."""

from collections import Counter

from tasks.reminders.planning import Plan, plan_day
from tasks.reminders.run import RunReport, rehearse_day, send_today
from tasks.reminders.shown import ShownRun
from tasks.retrying import step_task

#: Percent of the bar that planning is.
_PLANNING = 20.0


@step_task("plan")
async def plan(run: ShownRun) -> Plan:
    """Decide about every card or profile that is due on this day."""
    tell = run.bar(0.0, _PLANNING)
    return await plan_day(run.topic, run.day, run=str(run.id), now=run.began, tell=tell)


@step_task("send")
async def send(run: ShownRun) -> Counter[str]:
    """Send the e-mails that are planned."""
    bar = run.bar(_PLANNING, 100.0)

    async def tell(done: int, of: int) -> None:
        await bar(done, of)
        await run.say_waiting(of - done)

    await run.say_waiting()
    return await send_today(run.clock, tell=tell)


@step_task("rehearse")
async def rehearse(run: ShownRun) -> RunReport:
    """Say what a run on that day would do."""
    return await rehearse_day(run.topic, run.day, now=run.began, tell=run.bar(0.0, 100.0))
