"""Operations cancel a run in the Prefect UI: its request is withdrawn."""

from contextlib import suppress
from datetime import datetime
from functools import partial

from prefect.client.orchestration import PrefectClient
from prefect.exceptions import ObjectNotFound

from desk.requests.withdrawal import WithdrawalTooLate, withdraw
from models.database import transaction
from models.door import OPERATIONS
from models.requests import find_request
from models.run_states import RunState
from models.runs import is_carried, requests_of_runs
from models.setbacks import Work
from tasks.runs.in_prefect import cancelled_runs, finish_cancelling, show_stage
from tasks.runs.notes import note, run_of
from tasks.runs.progress import show_progress
from tasks.runs.setting_aside import alone


async def heed_cancellations(client: PrefectClient, *, now: datetime) -> None:
    """Withdraw the requests whose runs operations have cancelled in the Prefect UI."""
    cancelled = await cancelled_runs(client)
    if not cancelled:
        return
    async with transaction() as session:
        found = await requests_of_runs(session, cancelled, now=now)
    for due in found:
        heed = partial(heed_cancellation, client, due.tracking_code, now=now)
        await alone(due, Work.CANCELLATION, heed, now=now)


async def heed_cancellation(client: PrefectClient, tracking_code: str, *, now: datetime) -> None:
    """Withdraw one request on behalf of operations and close its run; it is never made again."""
    with suppress(WithdrawalTooLate):  # it was closed before it was cancelled
        await withdraw(tracking_code, by=OPERATIONS, now=now)
    async with transaction() as session:
        request = await find_request(session, tracking_code)
        if await is_carried(session, request.id):
            return
    with suppress(ObjectNotFound):  # cancelled, and then deleted
        await finish_cancelling(client, run_of(request))
        await show_progress(request, run_of(request))
        await show_stage(client, request, run_of(request))
    await note(request, RunState.SETTLED, now)
