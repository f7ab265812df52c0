"""The reminders of profiles: whoever has not confirmed the data on file for long is asked to.

    plan → send → report

Deployed as ``profile-reminders/profile-reminders`` with a schedule; its only parameter is the day,
for runs by hand.
"""

from datetime import date

from prefect import flow
from prefect.client.schemas.objects import State

from flows.reminding import remind
from rules.thresholds import About


@flow(name="profile-reminders", flow_run_name="profile-reminders")
async def profile_reminders(on: date | None = None) -> State:
    """Ask people to confirm or update their data, on this day or today; see `flows.reminding`."""
    return await remind(About.PROFILE, on)
