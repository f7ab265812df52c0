"""What operators are told of runs is true: nothing while they come on, and what stops when it does.

On servers of its own, as all requests are counted: one that another test left would be told of.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from desk.clock import utc_now
from models.database import close_engine, snapshot
from models.run_figures import prefect_window, runs_without_progress, unanswered_bells
from rules.requests.statuses import Status
from support.faults import (
    Parts,
    all_end_activated,
    all_parts,
    approve,
    people_act,
    stands_at,
    submit_specialty,
    until,
    waits,
)


@pytest.fixture(scope="module")
def own() -> Iterator[Parts]:
    """Servers that no other test needs."""
    with all_parts() as parts:
        yield parts


@pytest.fixture(autouse=True)
async def named(own: Parts, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The environment names them for the time of the test."""
    for name, value in own.environment().items():
        monkeypatch.setenv(name, value)
    with temporary_settings({PREFECT_API_URL: own.prefect.api_url}):
        yield
    await close_engine()


async def behind() -> tuple[int, int, int]:
    """Bells unanswered, runs without progress, requests that Prefect shows as they were.

    Of this very moment: operators are given a while in which all of it is as it should be.
    """
    now = utc_now() + timedelta(hours=1)
    async with snapshot() as session:
        bells = await unanswered_bells(session, before=now)
        still = await runs_without_progress(session, before=now)
        window = await prefect_window(session, before=now)
    return bells.number, still.number, window.requests


async def nothing_is_behind() -> bool:
    return await behind() == (0, 0, 0)


async def test_a_request_that_comes_on_needs_no_hand_at_any_wait(own: Parts) -> None:
    """At the gate, at activation and at its end, Prefect knows all within seconds."""
    with own.worker():
        request = await submit_specialty("comes-on")
        await waits(request)
        await until(nothing_is_behind, "Prefect knows that it is at the gate")
        await approve(request.tracking_code)
        await stands_at(request.tracking_code, Status.AWAITING_ACTIVATION)
        await until(nothing_is_behind, "Prefect knows that it waits for activation")
        await people_act(own.post, request.tracking_code)
        await all_end_activated(own, request.tracking_code)

        assert await nothing_is_behind()


async def test_without_a_worker_a_decision_is_a_bell_that_nobody_answers(own: Parts) -> None:
    """And Prefect shows the request as it was; a worker that comes makes both good."""
    with own.worker():
        request = await submit_specialty("unanswered")
        await waits(request)
        await until(nothing_is_behind, "Prefect knows that it is at the gate")

    await approve(request.tracking_code)

    bells, _, untold = await behind()
    assert (bells, untold) == (1, 1)
    with own.worker():
        await stands_at(request.tracking_code, Status.AWAITING_ACTIVATION)
        await until(nothing_is_behind, "the worker has made it good")
