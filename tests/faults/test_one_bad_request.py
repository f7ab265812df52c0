"""One broken request is set aside; wake-ups, cancellations, news and due dates of others go on."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from prefect.client.orchestration import PrefectClient, get_client
from prefect.events.worker import EventsWorker
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Cancelled, Failed
from sqlalchemy import text
from sqlmodel import col, select

from desk.clock import utc_now
from desk.operations.stuck import stuck_requests
from desk.requests.claims import claim
from desk.requests.landing import put_down
from desk.requests.review import Ruling
from models.connections import LONG, limited
from models.database import close_engine, transaction
from models.requests import Request, RequestEvent
from models.run_states import RunState
from models.setbacks import Work, pause_after
from rules.requests.statuses import Status
from rules.requests.verdicts import Verdict
from support.faults import Parts, submit_specialty, until
from tasks.deadlines import act_on_deadlines, land_decisions
from tasks.runs.cancelling import heed_cancellations
from tasks.runs.in_prefect import make_run
from tasks.runs.news import announce_news
from tasks.runs.sweeping import move_runs
from tasks.steps.validation import validate

#: What makes a row unfit, as SQL sets it: a newer version's words, a counter gone wild.
ILLS = {
    "a status of a newer version": {"status": "archived"},
    "a kind of a newer version": {"kind": "transfer"},
    "a run state of a newer version": {"run_state": "hibernating"},
    "a restart count that overflows": {"run_restarts": 2**31 - 1},
}


# Prefect's events client, in this process for once, leaves its websocket open when it ends.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)


@pytest.fixture(autouse=True)
def nothing_is_left_to_tell() -> Iterator[None]:
    """Events are told in their own test's time."""
    yield
    EventsWorker.drain_all()
    gc.collect()


@pytest.fixture
async def client(database: str, parts_of_all: Parts) -> AsyncIterator[PrefectClient]:
    """A client of a real Prefect server, and an empty database that takes any word."""
    async with transaction() as session:
        found = await session.exec(
            text(
                "SELECT conname FROM pg_constraint"
                " WHERE conrelid = 'requests'::regclass AND contype = 'c'"
            )
        )
        for (name,) in found.all():
            await session.exec(text(f'ALTER TABLE requests DROP CONSTRAINT "{name}"'))
    with temporary_settings({PREFECT_API_URL: parts_of_all.prefect.api_url}):
        async with get_client() as client:
            yield client


@dataclass(frozen=True)
class Pair:
    """A request that will fall ill, and one that stays well and comes after it."""

    ill: Request
    well: Request

    async def reload(self) -> "Pair":
        """Both as they stand now."""
        async with transaction() as session:
            return Pair(
                await session.get_one(Request, self.ill.id),
                await session.get_one(Request, self.well.id),
            )


async def set_row(request_id: UUID, **values: Any) -> None:
    """Write past the model: what it would not take."""
    given = ", ".join(f"{name} = :{name}" for name in values)
    async with transaction() as session:
        await session.exec(
            text(f"UPDATE requests SET {given} WHERE id = :id"),  # noqa: S608 - names of ours
            params={**values, "id": request_id},
        )


async def a_pair(client: PrefectClient, name: str) -> Pair:
    """Two requests at the gate with runs that wait there, as far as our rows say."""
    pair = Pair(await submit_specialty(f"{name}-ill"), await submit_specialty(f"{name}-well"))
    for request in (pair.ill, pair.well):
        await set_row(
            request.id,
            status=Status.UNDER_REVIEW,
            run_state=RunState.WAITING,
            waits_in=Status.UNDER_REVIEW,
            review_due_at=utc_now() + timedelta(days=1),
            flow_run_id=await make_run(client, request),
            run_checked_at=utc_now(),
        )
    return await pair.reload()


@pytest.mark.parametrize("ill", ILLS)
async def test_a_run_that_failed_is_restarted_beside_one_that_cannot(
    client: PrefectClient, ill: str
) -> None:
    """Both runs failed; the ill one is looked at first."""
    pair = await a_pair(client, "fail")
    for request in (pair.ill, pair.well):
        assert request.flow_run_id is not None
        await client.set_flow_run_state(request.flow_run_id, Failed(), force=True)
        await set_row(request.id, run_state=RunState.RUNNING)
    await set_row(pair.ill.id, **ILLS[ill])

    await move_runs(client, now=utc_now() + timedelta(minutes=1))

    assert await column(pair.well.id, "run_state") == RunState.BROKEN


async def column(request_id: UUID, name: str) -> Any:
    """One value of the row, as it stands in the table."""
    async with transaction() as session:
        found = await session.exec(
            text(f"SELECT {name} FROM requests WHERE id = :id"),  # noqa: S608 - a name of ours
            params={"id": request_id},
        )
        return found.scalar_one()


@pytest.mark.parametrize("ill", ILLS)
async def test_a_new_request_gets_its_run_beside_one_that_cannot(
    client: PrefectClient, ill: str
) -> None:
    """Neither has one; the ill one has waited longer."""
    pair = Pair(await submit_specialty("new-ill"), await submit_specialty("new-well"))
    await set_row(pair.ill.id, **ILLS[ill])

    await move_runs(client, now=utc_now())

    assert await column(pair.well.id, "flow_run_id") is not None


async def test_a_new_request_gets_its_run_while_another_is_waited_for(
    client: PrefectClient,
) -> None:
    """Somebody holds the row of the one that has waited longer: it gets its run afterwards."""
    pair = Pair(await submit_specialty("slow-ill"), await submit_specialty("slow-well"))

    async def is_made() -> bool:
        return await column(pair.well.id, "flow_run_id") is not None

    async with transaction() as holder:
        await holder.get_one(Request, pair.ill.id, with_for_update=True)
        with limited(LONG):  # nothing gives up while the other is looked for
            moving = asyncio.create_task(move_runs(client, now=utc_now()))
        await until(is_made, "the other one has its run")
        assert not moving.done()
    await moving

    assert await column(pair.ill.id, "flow_run_id") is not None


@pytest.mark.parametrize("ill", ILLS)
async def test_a_cancelled_run_is_heeded_beside_one_that_cannot_be(
    client: PrefectClient, ill: str
) -> None:
    """Operations cancelled both."""
    pair = await a_pair(client, "cancel")
    for request in (pair.ill, pair.well):
        assert request.flow_run_id is not None
        await client.set_flow_run_state(request.flow_run_id, Cancelled(), force=True)
    await set_row(pair.ill.id, **ILLS[ill])

    await heed_cancellations(client, now=utc_now())

    assert await column(pair.well.id, "status") == Status.WITHDRAWN


@pytest.mark.parametrize("ill", [*ILLS, "a run that was deleted"])
async def test_news_is_shown_beside_news_that_cannot_be(client: PrefectClient, ill: str) -> None:
    """Both were claimed by an officer."""
    pair = await a_pair(client, "news")
    for request in (pair.ill, pair.well):
        await claim(request.tracking_code, "amal", now=utc_now())
    if ill in ILLS:
        await set_row(pair.ill.id, **ILLS[ill])
    else:
        assert pair.ill.flow_run_id is not None
        await client.delete_flow_run(pair.ill.flow_run_id)

    await announce_news(now=utc_now() + timedelta(minutes=1))

    assert await unannounced(pair.well.id) == []
    if ill not in ILLS:
        assert (await pair.reload()).ill.run_state == RunState.WANTED


async def unannounced(request_id: UUID) -> list[str]:
    """What Prefect was not told of."""
    async with transaction() as session:
        query = select(RequestEvent.what).where(
            col(RequestEvent.request_id) == request_id, col(RequestEvent.announced_at).is_(None)
        )
        return list((await session.exec(query)).all())


@pytest.mark.parametrize("ill", ILLS)
async def test_a_due_date_is_acted_on_beside_one_that_cannot_be(
    client: PrefectClient, ill: str
) -> None:
    """Both requests were returned and nobody corrected them in time."""
    pair = await a_pair(client, "due")
    due = {"status": Status.RETURNED, "closes_at": utc_now()}
    await set_row(pair.well.id, **due)
    await set_row(pair.ill.id, **(due | ILLS[ill]))

    await act_on_deadlines(now=utc_now() + timedelta(minutes=1))

    assert await column(pair.well.id, "status") == Status.EXPIRED


async def test_a_decision_lands_beside_one_that_cannot(client: PrefectClient) -> None:
    """What fails waits on, is set aside, and lands once it can."""
    ill, well = [await decided_request(name) for name in ("land-ill", "land-well")]
    now = utc_now()
    await set_row(ill.id, **ILLS["a status of a newer version"])

    await land_decisions(now=now)
    await land_decisions(now=now + pause_after(1))

    assert await column(well.id, "status") == Status.APPROVED
    (stuck,) = await stuck_requests()
    assert (stuck.tracking_code, stuck.work) == (ill.tracking_code, Work.DEADLINE)
    await set_row(ill.id, status=Status.UNDER_REVIEW)
    await land_decisions(now=now + timedelta(hours=1))
    assert await column(ill.id, "status") == Status.APPROVED
    assert await stuck_requests() == []


async def decided_request(name: str) -> Request:
    """A request on which a decision is to land."""
    request = await submit_specialty(name)
    await validate.task.fn(request.tracking_code)
    ruling = Ruling(verdict=Verdict.APPROVE, officer="amal")
    await put_down(request.tracking_code, ruling, now=utc_now() - timedelta(minutes=3))
    return request


async def test_what_is_set_aside_is_counted_shown_and_tried_again(client: PrefectClient) -> None:
    """Later and later; mended, it goes on by itself and is listed no more."""
    request = await submit_specialty("aside")
    await set_row(request.id, kind="transfer")
    now = utc_now()

    await move_runs(client, now=now)
    assert await stuck_requests() == []  # once may be a hiccup
    await move_runs(client, now=now)  # too soon: not tried
    for tries in (1, 2):
        now += pause_after(tries)
        await move_runs(client, now=now)

    (stuck,) = await stuck_requests()
    assert (stuck.tracking_code, stuck.work, stuck.tries) == (request.tracking_code, Work.RUN, 3)
    assert stuck.reason == "not_understood"
    assert stuck.retry_at == now + pause_after(3)

    await set_row(request.id, kind=request.kind)
    await move_runs(client, now=now + pause_after(3))
    assert await column(request.id, "flow_run_id") is not None
    assert await stuck_requests() == []


def test_the_pause_grows_and_has_an_end() -> None:
    """However often it failed."""
    pauses = [pause_after(tries) for tries in (1, 2, 3, 10, 10**9)]

    assert pauses == [timedelta(seconds=each) for each in (5, 10, 20, 300, 300)]


async def test_a_lock_that_is_not_had_concerns_that_request_alone(
    client: PrefectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody holds one row for long; the others are acted on meanwhile."""
    pair = await a_pair(client, "locked")
    for request in (pair.ill, pair.well):
        assert request.flow_run_id is not None
        await client.set_flow_run_state(request.flow_run_id, Cancelled(), force=True)
    monkeypatch.setenv("PGOPTIONS", "-c lock_timeout=200")
    await close_engine()
    async with transaction() as holder:
        await holder.get_one(Request, pair.ill.id, with_for_update=True)

        await heed_cancellations(client, now=utc_now())

    assert await column(pair.well.id, "status") == Status.WITHDRAWN
    assert await column(pair.ill.id, "status") == Status.UNDER_REVIEW
