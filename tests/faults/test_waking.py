"""A run that waits is woken without a look at it, but never one that waits no more."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import DeploymentResponse
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Cancelled

from desk.clock import utc_now
from desk.requests.waiting import load_request
from models.requests import Request
from models.run_states import RunState
from models.runs import Due
from rules.requests.statuses import Status
from support.faults import Parts, approve, set_row, submit_specialty
from support.requests import NOW
from tasks.runs.in_prefect import show_waiting_run
from tasks.runs.lost import see_waiting_runs
from tasks.runs.notes import read
from tasks.runs.sweeping import move_run
from tasks.steps.validation import validate


@pytest.fixture
async def client(database: str, parts_of_all: Parts) -> AsyncIterator[PrefectClient]:
    """Prefect's client, beside an empty database of ours."""
    with temporary_settings({PREFECT_API_URL: parts_of_all.prefect.api_url}):
        async with get_client() as client:
            yield client


async def decided(client: PrefectClient) -> tuple[Due, UUID]:
    """A request whose run waits at the gate, and that an officer has just approved."""
    request = await submit_specialty("waking")
    await validate.task.fn(request.tracking_code)
    run = await show_waiting_run(client, request)
    waits = {"run_state": RunState.WAITING, "waits_in": Status.UNDER_REVIEW, "flow_run_id": run}
    await set_row(request.tracking_code, **waits)
    await approve(request.tracking_code)
    return Due(request.id, request.tracking_code), run


async def seen(client: PrefectClient, run: UUID) -> FlowRun:
    """The run as Prefect has it."""
    return await client.read_flow_run(run)


async def test_a_run_that_waits_is_woken_unseen(
    client: PrefectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has said itself that Prefect has it suspended."""
    due, run = await decided(client)

    async def looked(*_: object) -> FlowRun:
        raise AssertionError("Prefect was asked what it shows of the run")

    with monkeypatch.context() as patch:
        patch.setattr(client, "read_flow_run", looked)
        await move_run(client, due, utc_now())

    assert (await seen(client, run)).state_name == "Resuming"
    assert (await read(due)).run_state == RunState.STARTED


async def test_one_that_operations_cancelled_meanwhile_stays_cancelled(
    client: PrefectClient,
) -> None:
    """A decision that comes in the seconds before it is heeded does not undo it."""
    due, run = await decided(client)
    await client.set_flow_run_state(run, Cancelled(), force=True)

    await move_run(client, due, utc_now())

    assert (await seen(client, run)).state_name == "Cancelled"
    assert (await read(due)).status == Status.WITHDRAWN


async def test_in_the_place_of_one_that_was_deleted_another_is_wanted(
    client: PrefectClient,
) -> None:
    """Prefect's server breaks at such a call, and says no more."""
    due, run = await decided(client)
    await client.delete_flow_run(run)

    await move_run(client, due, utc_now())

    request = await read(due)
    assert (request.run_state, request.flow_run_id) == (RunState.WANTED, None)


async def test_where_others_wait_for_a_worker_it_has_its_place_among_them(
    client: PrefectClient,
) -> None:
    """By the time of its submission: a decision does not go behind a burst of submissions."""
    other: Request = await submit_specialty("other")
    await set_row(other.tracking_code, run_state=RunState.STARTED, run_checked_at=utc_now())
    due, run = await decided(client)
    await set_row(due.tracking_code, submitted_at=NOW)

    await move_run(client, due, utc_now())

    assert (await seen(client, run)).next_scheduled_start_time == NOW


async def test_runs_that_wait_are_looked_up_together(
    client: PrefectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is due soon with whoever is due; and only the deployment of their kind."""
    now, codes = utc_now(), []
    for name, ago in (("due", 21), ("soon", 11), ("seen", 1)):
        request = await submit_specialty(name)
        run = await show_waiting_run(client, request)
        waits = {"run_state": RunState.WAITING, "waits_in": request.status, "flow_run_id": run}
        at = now - timedelta(seconds=ago)
        await set_row(request.tracking_code, run_checked_at=at, **waits)
        codes.append(request.tracking_code)
    asked: list[str] = []
    by_name = client.read_deployment_by_name

    async def noted(name: str) -> DeploymentResponse:
        asked.append(name)
        return await by_name(name)

    monkeypatch.setattr(client, "read_deployment_by_name", noted)
    await see_waiting_runs(client, now=now)

    seen_at = [(await load_request(code)).run_checked_at for code in codes]
    assert seen_at == [now, now, now - timedelta(seconds=1)]
    assert asked == ["profile-update/profile-update"]
