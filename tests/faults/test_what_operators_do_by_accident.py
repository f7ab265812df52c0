"""Whatever operators do to runs, deployments, pools, queues: requests go on, or are shouted about.

Each verb of Prefect's command is done to a request at each wait, in the way the command does it,
by one call of Prefect's API. On servers of their own.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolUpdate
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import (
    Cancelled,
    Cancelling,
    Completed,
    Crashed,
    Failed,
    Paused,
    Pending,
    Running,
    Scheduled,
    State,
)

from desk.clock import utc_now
from desk.operations.stuck import stuck_requests
from models.database import close_engine, transaction
from models.requests import Request
from models.run_states import RunState
from rules.requests.statuses import Kind, Status
from stack.local import POOL
from stack.processes import Child
from support.faults import (
    Parts,
    all_end_activated,
    all_parts,
    approve,
    deploy,
    people_act,
    stands_at,
    submit_specialty,
    until,
    waits,
)

pytestmark = pytest.mark.timeout(1200)

#: Where a request's run waits when the accident happens.
WAITS = (Status.UNDER_REVIEW, Status.AWAITING_ACTIVATION)
QUEUE = "people"


@pytest.fixture(scope="module")
def own() -> Iterator[Parts]:
    """Servers that no other test needs: they are treated badly."""
    with all_parts() as parts:
        yield parts


@pytest.fixture(scope="module")
def worker(own: Parts) -> Iterator[Child]:
    """Our worker, which keeps house every second and does not wait long before it looks again."""
    jobs = "support.hasty_sweep:sweep_pass,support.hasty_sweep:post_pass"
    with own.worker(MUMARIS_CARETAKER=jobs) as child:
        yield child


@pytest.fixture
async def client(
    own: Parts, worker: Child, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[PrefectClient]:
    """What the command talks to the server with; everything is deployed, nothing paused."""
    for name, value in own.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PREFECT_DATABASE", own.postgres.url("prefect"))
    with temporary_settings({PREFECT_API_URL: own.prefect.api_url}):
        async with get_client() as client:
            yield client
            await deploy()
            await mend(client)
    await close_engine()


async def mend(client: PrefectClient) -> None:
    """What an operator does who hears of it."""
    await client.update_work_pool(POOL, WorkPoolUpdate(is_paused=False, concurrency_limit=100))
    queue = await client.read_work_queue_by_name(QUEUE, POOL)
    await client.update_work_queue(queue.id, is_paused=False, concurrency_limit=100)


async def waiting_at(own: Parts, status: Status) -> Request:
    """A request whose run waits there."""
    request = await waits(await submit_specialty("accident"))
    if status is Status.AWAITING_ACTIVATION:
        await approve(request.tracking_code)
        await stands_at(request.tracking_code, status)
        request = await waits(request)
    assert request.status == status
    return request


def run_of(request: Request) -> UUID:
    """The id of its run."""
    assert request.flow_run_id is not None
    return request.flow_run_id


async def reload(request: Request) -> Request:
    """The row as it stands now."""
    async with transaction() as session:
        return await session.get_one(Request, request.id)


async def reach_their_end(own: Parts, *requests: Request) -> None:
    """People do their part, and Prefect shows the outcome on the runs that carry them then."""
    codes = [request.tracking_code for request in requests]
    await people_act(own.post, *codes)
    await all_end_activated(own, *codes)


def by_hand(
    state: State, *, force: bool = True
) -> Callable[[PrefectClient, UUID], Awaitable[None]]:
    """`prefect flow-run set-state`, and what other verbs set."""

    async def set_it(client: PrefectClient, run: UUID) -> None:
        await client.set_flow_run_state(run, state, force=force)

    return set_it


async def delete(client: PrefectClient, run: UUID) -> None:
    """`prefect flow-run delete`."""
    await client.delete_flow_run(run)


async def resume(client: PrefectClient, run: UUID) -> None:
    """`prefect flow-run resume`, without filling anything in."""
    await client.resume_flow_run(run, run_input={})


async def unname(client: PrefectClient, run: UUID) -> None:
    """Its name and tags edited away in the UI."""
    await client.update_flow_run(run, name="something", tags=[])


#: Verbs of `prefect flow-run` that mean no end: the request goes on.
ON_RUNS = {
    "delete": delete,
    "resume": resume,
    "rename": unname,
    "set-state completed": by_hand(Completed()),
    "set-state failed": by_hand(Failed()),
    "set-state crashed": by_hand(Crashed()),
    "set-state pending": by_hand(Pending()),
    "set-state running": by_hand(Running()),
    "set-state paused": by_hand(Paused(timeout_seconds=3600)),
    "retry": by_hand(Scheduled(name="AwaitingRetry")),
    "set-state scheduled for next year": by_hand(
        Scheduled(scheduled_time=utc_now() + timedelta(days=365))
    ),
}


@pytest.mark.parametrize("verb", ON_RUNS)
async def test_a_run_that_was_treated_badly_goes_on(
    own: Parts, client: PrefectClient, verb: str
) -> None:
    """Also where nobody decides meanwhile: the wait is there again."""
    waiting = [await waiting_at(own, status) for status in WAITS]

    for request in waiting:
        await ON_RUNS[verb](client, run_of(request))
    for request in waiting:
        await a_run_waits_again(client, request)

    await reach_their_end(own, *waiting)


async def a_run_waits_again(client: PrefectClient, request: Request) -> None:
    """Whatever it took, there is a run that Prefect shows suspended."""

    async def suspended() -> bool:
        row = await reload(request)
        if row.flow_run_id is None or row.run_state != RunState.WAITING:
            return False
        try:
            run = await client.read_flow_run(row.flow_run_id)
        except ObjectNotFound:
            return False
        return run.state is not None and run.state.type == StateType.PAUSED

    await until(suspended, "a run waits again", within=60)


#: Verbs that say "end this": operations withdraw the request.
CANCELLING = {
    "cancel": by_hand(Cancelling(), force=False),
    "set-state cancelled": by_hand(Cancelled()),
}


@pytest.mark.parametrize("verb", CANCELLING)
async def test_cancelling_is_withdrawing(own: Parts, client: PrefectClient, verb: str) -> None:
    """With a letter to the applicant; it is never made again."""
    waiting = [await waiting_at(own, status) for status in WAITS]

    for request in waiting:
        await CANCELLING[verb](client, run_of(request))

    for request in waiting:
        await stands_at(request.tracking_code, Status.WITHDRAWN)


async def delete_deployments(client: PrefectClient) -> None:
    """`prefect deployment delete --all`."""
    for kind in Kind:
        found = await client.read_deployment_by_name(kind.deployment)
        await client.delete_deployment(found.id)


async def delete_pool(client: PrefectClient) -> None:
    """`prefect work-pool delete`."""
    await client.delete_work_pool(POOL)


async def delete_queue(client: PrefectClient) -> None:
    """`prefect work-queue delete`."""
    queue = await client.read_work_queue_by_name(QUEUE, POOL)
    await client.delete_work_queue_by_id(queue.id)


async def reset(_: PrefectClient) -> None:
    """`prefect server database reset`: an empty server, to which everything is deployed anew."""
    address = str(os.environ["PREFECT_DATABASE"])
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as session:
        found = await session.execute(
            "SELECT quote_ident(tablename) FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        )
        tables = ", ".join([name for (name,) in await found.fetchall()])
        await session.execute(f"TRUNCATE {tables} CASCADE".encode())


DELETING = {
    "deployment delete": delete_deployments,
    "work-pool delete": delete_pool,
    "work-queue delete": delete_queue,
    "server database reset": reset,
}


@pytest.mark.parametrize("verb", DELETING)
async def test_what_was_deleted_and_deployed_again_carries_every_request(
    own: Parts, client: PrefectClient, verb: str
) -> None:
    """Whether the officer decides before it is deployed again, or after."""
    waiting = [await waiting_at(own, status) for status in (Status.UNDER_REVIEW, *WAITS)]

    await DELETING[verb](client)
    await approve(waiting[0].tracking_code)
    await deploy()
    await approve(waiting[1].tracking_code)

    await reach_their_end(own, *waiting)


async def pause_pool(client: PrefectClient) -> None:
    """`prefect work-pool pause`."""
    await client.update_work_pool(POOL, WorkPoolUpdate(is_paused=True))


async def no_pool_slots(client: PrefectClient) -> None:
    """`prefect work-pool set-concurrency-limit 0`."""
    await client.update_work_pool(POOL, WorkPoolUpdate(concurrency_limit=0))


async def pause_queue(client: PrefectClient) -> None:
    """`prefect work-queue pause`."""
    queue = await client.read_work_queue_by_name(QUEUE, POOL)
    await client.update_work_queue(queue.id, is_paused=True)


async def no_queue_slots(client: PrefectClient) -> None:
    """`prefect work-queue set-concurrency-limit 0`."""
    queue = await client.read_work_queue_by_name(QUEUE, POOL)
    await client.update_work_queue(queue.id, concurrency_limit=0)


HIDING = {
    "work_pool_paused": pause_pool,
    "work_pool_has_no_slots": no_pool_slots,
    "work_queue_paused": pause_queue,
    "work_queue_has_no_slots": no_queue_slots,
    "not_deployed": delete_deployments,
}


@pytest.mark.parametrize("reason", HIDING)
async def test_what_hides_runs_from_workers_is_shouted_about(
    own: Parts, client: PrefectClient, reason: str
) -> None:
    """A decided request is listed with the reason; mended, it goes on and is listed no more."""
    request = await waiting_at(own, Status.UNDER_REVIEW)

    await HIDING[reason](client)
    await approve(request.tracking_code)

    async def listed() -> bool:
        stuck = {each.tracking_code: each.reason for each in await stuck_requests()}
        return stuck.get(request.tracking_code) == reason

    await until(listed, f"it is listed as {reason}", within=60)
    await deploy()
    await mend(client)
    await reach_their_end(own, request)
    assert request.tracking_code not in {each.tracking_code for each in await stuck_requests()}
