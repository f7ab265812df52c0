"""The same prefect.yaml under Prefect's own process worker, with `mumaris caretaker` beside it.

On a stack of its own: its pool is of another type than that of the other stories.
"""

from collections.abc import AsyncIterator

import httpx
import pytest

from benchmarks.people import OFFICER, register_officer, register_practitioners
from benchmarks.sides import process_worker
from flows.profile_update import submit
from models.database import close_engine
from rules.requests.statuses import Status
from stack.running import RunningStack
from support.prefect_window import PrefectWindow
from support.requests import token_of

#: Seconds for one step, in which an interpreter starts and imports everything.
PATIENCE = 60


@pytest.fixture
async def under_process_worker(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RunningStack]:
    """A stack without our worker, which the environment names for the time of the test."""
    monkeypatch.setenv("PREFECT_WORKER_QUERY_SECONDS", "1")  # Prefect's 10 s would be our 30
    with process_worker(print) as running:
        await register_officer()
        yield running
        await close_engine()


@pytest.mark.prove
@pytest.mark.timeout(1200)  # a stack, and three interpreters one after the other
async def test_the_process_worker_carries_a_request_from_its_submission_into_force(
    under_process_worker: RunningStack,
) -> None:
    """Submit, gate, decide, activate: each time Prefect starts the flow anew, from the top."""
    prefect = PrefectWindow(under_process_worker.prefect_api_url)
    (wish,) = await register_practitioners(1)

    request = await submit(wish)
    assert await request.wait_until_gate(timeout=PATIENCE) is Status.UNDER_REVIEW
    run = await prefect.waits_at("Suspended", request.tracking_code)
    assert run["work_pool_name"] == "mumaris"
    assert run["infrastructure_pid"] is not None, "our worker gives no process to a run"

    await request.decide("approve", officer=OFFICER)
    await request.wait_for(Status.AWAITING_ACTIVATION, timeout=PATIENCE)
    await prefect.waits_at("Suspended", request.tracking_code)
    token = await token_of(await request.look())
    async with httpx.AsyncClient(
        base_url=under_process_worker.portal_url, follow_redirects=True, timeout=60
    ) as browser:
        (await browser.post(f"/activate/{token}", data={"sure": "yes"})).raise_for_status()

    assert await request.wait_until_done(timeout=PATIENCE) is Status.ACTIVATED
    assert await prefect.outcome_of(request.tracking_code) == "Activated"
    assert (await request.look()).reference_number is not None
    # A worker that is told to go while a run's process is leaving waits in vain: 15 s, then force.
    await prefect.process_ended(request.tracking_code)
