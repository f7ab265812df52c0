"""A flow runs in a test with no deployment, no worker and no waiting for one."""

import asyncio
import gc
from collections.abc import Iterator

import pytest
from prefect.events.worker import EventsWorker
from prefect.settings import PREFECT_API_URL, temporary_settings

from desk.clock import utc_now
from desk.requests.activation import use
from desk.requests.submission import accept
from flows.profile_update import RequestHandle, profile_update
from models.links import LinkPurpose
from rules.requests.statuses import Kind, Status
from stack.prefect_server import PrefectServer
from support.people import register_people, specialty_change
from support.requests import token_of


@pytest.fixture
async def people(database: str) -> None:
    await register_people()


@pytest.fixture
def prefect_api(prefect_server: PrefectServer) -> Iterator[None]:
    """Prefect's client talks to the session's server."""
    with temporary_settings({PREFECT_API_URL: prefect_server.api_url}):
        yield
        EventsWorker.drain_all()
        gc.collect()  # in this test's time: see its mark


# Prefect leaves the sockets of its clients to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
async def test_the_flow_waits_in_place(people: None, prefect_api: None) -> None:
    """Where nobody could run it again, the run waits at the gate instead of suspending itself."""
    document = specialty_change(utc_now().date())
    request = await accept(Kind.PROFILE_UPDATE, document, now=utc_now())
    handle = RequestHandle(request.tracking_code)

    run = asyncio.create_task(profile_update(request.tracking_code, return_state=True))
    await handle.wait_for(Status.UNDER_REVIEW)
    await handle.decide("approve", officer="amal")
    await handle.wait_for(Status.AWAITING_ACTIVATION)
    token = await token_of(await handle.look())
    await use(token, LinkPurpose.ACTIVATE, now=utc_now())
    state = await run

    assert state.name == "Activated"
    assert await handle.status() is Status.ACTIVATED
