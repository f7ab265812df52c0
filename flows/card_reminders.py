"""The reminders of expiring cards: each threshold once, to the card's holder.

    plan → send → report

Deployed as ``card-reminders/card-reminders`` with a schedule. Its only parameter is a day:
for another one than today the run says what it would do on that day, and sends nothing.
"""

from datetime import date

from prefect import flow
from prefect.client.schemas.objects import State

from flows.reminding import remind
from rules.policy.thresholds import Topic


@flow(name="card-reminders", flow_run_name="card-reminders")
async def card_reminders(on: date | None = None) -> State:
    """Remind the holders of cards that expire, today; on another day, rehearse."""
    return await remind(Topic.CARD, on)
