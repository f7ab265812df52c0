"""The reminders of expiring cards: each threshold once, to the card's holder.

    plan → send → report

Deployed as ``card-reminders/card-reminders`` with a schedule; its only parameter is the day, for
runs by hand.
"""

from datetime import date

from prefect import flow
from prefect.client.schemas.objects import State

from flows.reminding import remind
from rules.thresholds import About


@flow(name="card-reminders", flow_run_name="card-reminders")
async def card_reminders(on: date | None = None) -> State:
    """Remind the holders of cards that expire, on this day or today; see `flows.reminding`."""
    return await remind(About.CARD, on)
