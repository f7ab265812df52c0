"""Prefect's server is away: people go on, and its runs catch up when it is back."""

import asyncio

import pytest

from models.requests import Request
from rules.requests.statuses import Status
from support.faults import (
    Parts,
    all_end_activated,
    approve,
    letter,
    people_act,
    press,
    stands_at,
    submit_specialty,
    until,
)

#: Seconds within which a letter is on its way, Prefect or no Prefect.
PROMPTLY = 10.0


async def at_gate() -> Request:
    """A request whose run waits at the gate."""
    request = await submit_specialty("down")
    await stands_at(request.tracking_code, Status.UNDER_REVIEW)
    return request


async def awaiting_activation() -> Request:
    """A request whose run waits for the link to be used."""
    request = await at_gate()
    await approve(request.tracking_code)
    await stands_at(request.tracking_code, Status.AWAITING_ACTIVATION)
    return request


@pytest.mark.timeout(1200)
async def test_people_go_on_while_prefect_is_down_and_the_runs_catch_up(parts: Parts) -> None:
    """Submit, decide and activate; letters go out; then every run ends Activated."""
    with parts.worker() as worker:
        decided, activated = await at_gate(), await awaiting_activation()
        link = await letter(parts.post, activated.tracking_code)
        await asyncio.to_thread(parts.prefect.stop)
        try:
            await approve(decided.tracking_code)
            await press(link)
            # Not all in one pass of the sweep: the second finds Prefect away from the start.
            await until(lambda: letters_of(parts, activated) == 3, "it is said", within=PROMPTLY)
            submitted = await submit_specialty("down")
            await until(lambda: letters_of(parts, submitted) == 1, "it is said", within=PROMPTLY)
            await stands_at(activated.tracking_code, Status.ACTIVATED)
            await stands_at(decided.tracking_code, Status.APPROVED)
            await stands_at(submitted.tracking_code, Status.SUBMITTED)
        finally:
            await asyncio.to_thread(parts.prefect.start)
        await people_act(parts.post, decided.tracking_code, submitted.tracking_code)

        codes = [request.tracking_code for request in (decided, activated, submitted)]
        await all_end_activated(parts, *codes)
        assert worker.is_running()


def letters_of(parts: Parts, request: Request) -> int:
    """How many letters about the request have arrived."""
    return len(parts.post.letters(request.tracking_code))


@pytest.mark.timeout(1200)
async def test_runs_that_lose_prefect_on_their_way_are_carried_to_their_end(parts: Parts) -> None:
    """The server goes away in the middle of a burst and comes back: nothing fails, all arrive."""
    with parts.worker() as worker:
        requests = [await submit_specialty("lost") for _ in range(6)]
        await stands_at(requests[0].tracking_code, Status.UNDER_REVIEW)
        await asyncio.to_thread(parts.prefect.stop)
        await asyncio.to_thread(parts.prefect.start)
        codes = [request.tracking_code for request in requests]
        await people_act(parts.post, *codes)

        await all_end_activated(parts, *codes)
        assert worker.is_running()
