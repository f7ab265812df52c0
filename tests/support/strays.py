"""A run for another day as it was before such a run only rehearsed: it sent, and stamped."""

from datetime import date

from sqlalchemy import text

from models.database import transaction
from models.reminders.examination_days import say_set_by
from models.statements import execute
from rules.policy.thresholds import Topic
from support.reminding import SUNDAY, Runs, noon

_AS_IF = text("""
UPDATE reminders SET run = :run, created_at = :now,
    settled_at = CASE WHEN settled_at IS NOT NULL THEN CAST(:now AS timestamptz) END
WHERE examined_on = :day AND run = 'test'
""")


async def stray_run(
    runs: Runs,
    day: date,
    *,
    topic: Topic = Topic.CARD,
    sends: bool = True,
    name: str = "stray",
    on: date = SUNDAY,
) -> None:
    """On the Sunday, as if it were that day."""
    await runs.plan(day, topic=topic)
    if sends:
        await runs.send(day)
    async with transaction() as session:
        await execute(session, _AS_IF, {"run": name, "day": day, "now": noon(on)})
        await say_set_by(session, topic, runs.policy.thresholds(topic), day=day)
