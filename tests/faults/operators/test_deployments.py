"""Whatever operators do to deployments, pools and queues: requests go on, or are shouted about.

Each verb of Prefect's command is done in the way the command does it, by one call of its API, on
servers of their own. See test_runs.py for the verbs of `prefect flow-run`.
"""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import psycopg
import pytest
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import DeploymentUpdate, WorkPoolUpdate
from prefect.settings import PREFECT_API_URL, temporary_settings
from psycopg.errors import DeadlockDetected

from desk.operations.stuck import stuck_requests
from models.database import close_engine
from models.requests import Request
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
from support.proofs import mostly_proofs

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


async def reach_their_end(own: Parts, *requests: Request) -> None:
    """People do their part, and Prefect shows the outcome on the runs that carry them then."""
    codes = [request.tracking_code for request in requests]
    await people_act(own.post, *codes)
    await all_end_activated(own, *codes)


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
        is_reset = False
        while not is_reset:
            with suppress(DeadlockDetected):  # with what Prefect does beside it: tried again
                await session.execute(f"TRUNCATE {tables} CASCADE".encode())
                is_reset = True


async def pause_deployments(client: PrefectClient, _: Request) -> None:
    """`prefect deployment pause`, which is about schedules."""
    for kind in Kind:
        found = await client.read_deployment_by_name(kind.deployment)
        await client.update_deployment(found.id, DeploymentUpdate(paused=True))


async def run_again(client: PrefectClient, request: Request) -> None:
    """`prefect deployment run`, of a request that has its run."""
    found = await client.read_deployment_by_name(Kind.PROFILE_UPDATE.deployment)
    await client.create_flow_run_from_deployment(
        found.id, parameters={"tracking_code": request.tracking_code}
    )


HARMLESS = {"deployment pause": pause_deployments, "deployment run": run_again}


@pytest.mark.parametrize("verb", mostly_proofs(HARMLESS, but=["deployment run"]))
async def test_what_concerns_no_request_disturbs_none(
    own: Parts, client: PrefectClient, verb: str
) -> None:
    """Every step happens once."""
    waiting = [await waiting_at(own, status) for status in WAITS]

    for request in waiting:
        await HARMLESS[verb](client, request)

    await reach_their_end(own, *waiting)
    for request in waiting:
        assert len(own.post.letters(request.tracking_code, page="activate")) == 1


DELETING = {
    "deployment delete": delete_deployments,
    "work-pool delete": delete_pool,
    "work-queue delete": delete_queue,
    "server database reset": reset,
}


@pytest.mark.parametrize("verb", mostly_proofs(DELETING, but=["work-pool delete"]))
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


@pytest.mark.parametrize("reason", mostly_proofs(HIDING, but=["work_queue_paused"]))
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
