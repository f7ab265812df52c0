"""Whether the portal can do its work, and whether the work behind it is done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.clock import database_now
from models.database import transaction
from models.health import write_nothing
from models.last_times import Recurring, last_times
from models.mail_outages import outage
from models.schema import Schema, schema_of

#: A pass comes every few seconds; a worker that is just being replaced takes some more.
_SWEEP_WITHIN = timedelta(minutes=1)


class Fitness(StrEnum):
    """What is to be done about it."""

    HEALTHY = "healthy"
    #: People are served, and something behind the portal needs a hand.
    DEGRADED = "degraded"
    #: Visitors should be sent elsewhere.
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, kw_only=True)
class Health:
    """What was found; nobody's data, and nothing about where we are."""

    schema: Schema
    mail_leaves: bool
    #: Since the last pass of the sweep; None where there was none yet.
    sweep_age: timedelta | None

    @property
    def fitness(self) -> Fitness:
        """Unhealthy where the tables are older than the code; the rest is no reason to go away."""
        if self.schema is Schema.BEHIND:
            return Fitness.UNHEALTHY
        swept = self.sweep_age is not None and self.sweep_age <= _SWEEP_WITHIN
        fine = self.schema is Schema.CURRENT and self.mail_leaves and swept
        return Fitness.HEALTHY if fine else Fitness.DEGRADED


async def look_at_health() -> Health:
    """Write to the database and look; raises the database's error where it cannot be written."""
    async with transaction() as session:
        await write_nothing(session)
        now: datetime = await database_now(session)
        swept_at = (await last_times(session)).get(Recurring.SWEEP)
        return Health(
            schema=await schema_of(session),
            mail_leaves=await outage(session) is None,
            sweep_age=None if swept_at is None else now - swept_at,
        )
