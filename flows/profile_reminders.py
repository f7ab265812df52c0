"""The reminders of profiles: whoever has not confirmed the data on file for long is asked to.

    plan → send → report

Deployed as ``profile-reminders/profile-reminders`` with a schedule. Its only parameter is a day:
for another one than today the run says what it would do on that day, and sends nothing.
"""

from datetime import date

from prefect import flow
from prefect.client.schemas.objects import State

from flows.reminding import remind
from rules.policy.thresholds import Topic


@flow(name="profile-reminders", flow_run_name="profile-reminders")
async def profile_reminders(on: date | None = None) -> State:
    """Ask people to confirm or update their data, today; on another day, rehearse."""
    return await remind(Topic.PROFILE, on)
