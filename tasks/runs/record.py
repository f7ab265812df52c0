"""What a run reads on its request's row, and writes there about itself."""

from datetime import datetime
from uuid import UUID

from desk.requests.waiting import load_request
from models.clock import database_now
from models.database import patiently, transaction
from models.door import ring
from models.requests import Request, find_request
from models.run_states import RunState
from models.setbacks import Work, clear_setback


@patiently
async def look_at_request(tracking_code: str) -> Request:
    """The request as it stands now."""
    return await load_request(tracking_code)


@patiently
async def begin_run(tracking_code: str, flow_run_id: UUID) -> Request:
    """Note that this run carries the request; returns the request as it stands.

    The first run to begin keeps the request: a second one, started by hand, reads another run's id
    on the row and leaves.
    """
    async with transaction() as session:
        request = await find_request(session, tracking_code, lock=True)
        if request.flow_run_id is None:
            request.flow_run_id = flow_run_id
        if request.flow_run_id == flow_run_id:
            request.run_state = RunState.RUNNING
            request.run_checked_at = await database_now(session)
            request.waits_in = request.wake_at = None
            await clear_setback(session, request.id, Work.RUN)  # it was taken after all
        return request


@patiently
async def note_wait(
    tracking_code: str, what: str, *, standing_at: str, wake_at: datetime | None = None
) -> str | None:
    """Note that the run is about to suspend itself; returns the suspension's key.

    Each call makes a new key, ``review-1``, ``activation-2``: the number counts the request's
    suspensions. Where the request does not stand there any more nothing is noted and it returns
    None: whoever moved it found no wait to end.
    """
    async with transaction() as session:
        request = await find_request(session, tracking_code, lock=True)
        if request.status != standing_at:
            return None
        request.pause_count += 1
        request.pause_key = f"{what}-{request.pause_count}"
        request.run_state = RunState.SUSPENDING
        request.run_checked_at = await database_now(session)
        request.waits_in = request.status
        request.wake_at = wake_at
        request.run_restarts = 0
        request.wave_id = None  # it is past what made it leave its wave
        return request.pause_key


@patiently
async def note_suspended(tracking_code: str, key: str) -> None:
    """Note that the run waits in this suspension; one that was moved meanwhile is woken."""
    async with transaction() as session:
        request = await find_request(session, tracking_code, lock=True)
        if request.run_state == RunState.SUSPENDING and request.pause_key == key:
            request.run_state = RunState.WAITING
            if request.waits_in != request.status:
                await ring(session)


@patiently
async def forget_pause(tracking_code: str, key: str) -> bool:
    """Take the answer to this suspension off the row; whether it was there still.

    Of two that ask at once, one gets it.
    """
    async with transaction() as session:
        request = await find_request(session, tracking_code, lock=True)
        if request.pause_key != key:
            return False
        request.pause_key = None
        return True


@patiently
async def end_run(tracking_code: str, flow_run_id: UUID) -> None:
    """Note that the run has come to the outcome; the sweep looks once whether Prefect shows it."""
    async with transaction() as session:
        request = await find_request(session, tracking_code, lock=True)
        if request.flow_run_id == flow_run_id:
            request.run_state = RunState.ENDED
            request.run_checked_at = await database_now(session)
