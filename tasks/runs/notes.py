"""What the sweep reads on a request's row about its run, and writes there."""

from datetime import datetime
from uuid import UUID

from models.bells import RUN_BELL
from models.database import transaction
from models.door import ring
from models.requests import Request
from models.run_states import RunState
from models.runs import Due, note_run


async def read(due: Due) -> Request:
    """The request, when its turn has come."""
    async with transaction() as session:
        return await session.get_one(Request, due.id)


def run_of(request: Request) -> UUID:
    """The request's run, where it must have one."""
    if request.flow_run_id is None:
        raise RuntimeError("the request has no run")
    return request.flow_run_id


async def note(
    request: Request,
    state: RunState,
    now: datetime,
    *,
    flow_run_id: UUID | None = None,
    wake_at: datetime | None = None,
    lost: bool = False,
) -> bool:
    """Write down what was seen, unless the run has moved since it was looked at; whether it did.

    With ``lost`` the request has no run any more, and the next one is another for Prefect too.
    """
    values: dict[str, object] = {"run_state": state, "run_checked_at": now}
    if flow_run_id is not None:
        values["flow_run_id"] = flow_run_id
    if wake_at is not None:
        values["wake_at"] = wake_at
    if lost:
        values |= {"flow_run_id": None, "run_generation": request.run_generation + 1}
    async with transaction() as session:
        noted = await note_run(session, request, **values)
        if state == RunState.STARTED:
            await ring(session, RUN_BELL)  # a worker need not wait for its poll
        elif state == RunState.WANTED:
            await ring(session)  # nor the sweep for its next pass
        return noted
