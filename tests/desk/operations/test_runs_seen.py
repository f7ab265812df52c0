"""Runs that do not come on, bells that nobody answers, and how far Prefect's window trails."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, update

from desk.clock import utc_now
from desk.operations.needs import NeedCode, needs_of
from desk.operations.overview import Overview, overview
from models.database import transaction
from models.requests import Request, RequestEvent, find_request
from models.run_states import RunState
from models.setbacks import Work, note_setback
from rules.requests.statuses import Status
from support.people import register_people
from support.requests import request_at_gate

JUST_NOW = timedelta(seconds=30)
LONG = timedelta(minutes=11)


@pytest.fixture
async def code(database: str) -> str:
    """A request at the gate, whose run waits and of which Prefect knows everything."""
    await register_people()
    found = await request_at_gate()
    await set_request(found, run_state=RunState.WAITING, waits_in=Status.UNDER_REVIEW)
    async with transaction() as session:
        await session.exec(update(RequestEvent).values(announced_at=utc_now()))
    return found


async def set_request(code: str, **values: Any) -> None:
    """Bring the request's row to where the test wants it."""
    async with transaction() as session:
        await session.exec(
            update(Request).where(col(Request.tracking_code) == code).values(**values)
        )


async def happened(code: str, at: datetime) -> None:
    """Something that Prefect was not told of."""
    async with transaction() as session:
        request = await find_request(session, code)
        session.add(
            RequestEvent(
                request_id=request.id, at=at, what="claimed", actor_kind="officer", round=1
            )
        )


def told_of_runs(seen: Overview) -> dict[str, int]:
    """What is said of runs, by code."""
    codes = {NeedCode.BELLS_UNANSWERED, NeedCode.WITHOUT_PROGRESS, NeedCode.PREFECT_TRAILS}
    return {need.code: need.number for need in needs_of(seen) if need.code in codes}


async def test_a_run_that_waits_for_people_is_no_trouble(code: str) -> None:
    """However long they take."""
    await set_request(code, status_since=utc_now() - timedelta(days=3))

    assert told_of_runs(await overview()) == {}


async def test_a_bell_is_unanswered_when_the_run_still_waits_after_a_minute(code: str) -> None:
    """Somebody has moved the request; a moment later that is as it should be."""
    await set_request(code, status=Status.RETURNED, status_since=utc_now() - JUST_NOW)
    before = await overview()
    await set_request(code, status_since=utc_now() - LONG)

    after = await overview()

    assert (before.bells_unanswered.number, after.bells_unanswered.number) == (0, 1)
    assert after.bells_unanswered.oldest == code
    assert told_of_runs(after) == {NeedCode.BELLS_UNANSWERED: 1}


async def test_a_run_that_should_have_been_woken_by_its_time_counts_as_a_bell(code: str) -> None:
    """It waits for something outside, and tries again then."""
    await set_request(code, wake_at=utc_now() + LONG)
    before = await overview()
    await set_request(code, wake_at=utc_now() - LONG)

    assert (before.bells_unanswered.number, (await overview()).bells_unanswered.number) == (0, 1)


@pytest.mark.parametrize("state", [RunState.STARTED, RunState.BROKEN, RunState.ENDED])
async def test_a_run_that_was_woken_and_does_nothing_stands_still(
    code: str, state: RunState
) -> None:
    """After ten minutes; not while it may still begin."""
    await set_request(code, run_state=state, run_checked_at=utc_now() - JUST_NOW)
    before = await overview()
    await set_request(code, run_checked_at=utc_now() - LONG)

    assert (before.without_progress.number, (await overview()).without_progress.number) == (0, 1)


async def test_a_request_that_only_the_pipeline_moves_stands_still(code: str) -> None:
    """Whatever its run says: the step does not end."""
    moved = {"status": Status.APPROVED, "run_state": RunState.RUNNING, "waits_in": None}
    await set_request(code, **moved, status_since=utc_now() - JUST_NOW)
    before = await overview()
    await set_request(code, status_since=utc_now() - LONG)

    after = await overview()

    assert before.without_progress.number == 0
    assert told_of_runs(after) == {NeedCode.WITHOUT_PROGRESS: 1}


async def test_what_is_named_elsewhere_is_not_named_twice(code: str) -> None:
    """A request that waits for its first run, and one that is set aside."""
    moved = {"status": Status.APPROVED, "waits_in": None}
    await set_request(code, **moved, run_state=RunState.WANTED, status_since=utc_now() - LONG)
    wanted = await overview()
    await set_request(code, run_state=RunState.RUNNING)
    async with transaction() as session:
        request = await find_request(session, code)
        for _ in range(2):
            await note_setback(
                session, request.id, Work.RUN, reason="unforeseen", detail=None, now=utc_now()
            )

    set_aside = await overview()

    assert (wanted.without_progress.number, set_aside.without_progress.number) == (0, 0)
    assert [one.tracking_code for one in set_aside.stuck] == [code]


async def test_the_window_trails_from_the_oldest_thing_that_prefect_was_not_told(
    code: str,
) -> None:
    """After a minute; what is news for a moment is as it should be."""
    up_to_date = (await overview()).window
    await happened(code, utc_now() - JUST_NOW)
    soon = (await overview()).window
    oldest = utc_now() - LONG
    for at in (oldest, utc_now() - LONG / 2):
        await happened(code, at)

    seen = await overview()

    assert (up_to_date.requests, up_to_date.since) == (0, None)
    assert up_to_date.told_at is not None
    assert soon.since is None
    assert (seen.window.requests, seen.window.since) == (1, oldest)
    assert seen.window.told_at == up_to_date.told_at
    assert told_of_runs(seen) == {NeedCode.PREFECT_TRAILS: 1}


async def test_what_happens_after_a_run_s_end_is_not_waited_for(code: str) -> None:
    """An e-mail that comes back a week later is told to nobody."""
    await set_request(code, run_state=RunState.SETTLED)
    await happened(code, utc_now() - LONG)

    assert (await overview()).window.since is None
