"""What a wave has left, and people have moved since, where nothing is to be done about it."""

from datetime import datetime

from desk.policy import current_policy
from models.database import transaction
from models.requests import mark_history_announced
from models.run_states import RunState
from models.waves import rest_without_runs

#: How many one call takes.
BATCH = 1_000


async def rest(*, now: datetime) -> None:
    """Let requests without a run wait where people have put them, or be settled at their end.

    What is settled, and what policy shows no run of, is told to Prefect by nobody.
    """
    async with transaction() as session:
        found = await rest_without_runs(session, limit=BATCH, now=now)
        if current_policy().waves.own_runs_per_second:
            found = {id_: state for id_, state in found.items() if state is RunState.SETTLED}
        if found:
            await mark_history_announced(session, found, at=now)
