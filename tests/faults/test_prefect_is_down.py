"""Prefect's server is away: people go on, and its runs catch up when it is back."""

import asyncio
from collections.abc import Sequence

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
    submit_each,
    until,
)

#: Seconds within which a letter is on its way, Prefect or no Prefect.
PROMPTLY = 10.0


async def at_gate() -> list[Request]:
    """A request of each kind, whose run waits at the gate."""
    requests = await submit_each("down")
    await all_stand_at(requests, Status.UNDER_REVIEW)
    return requests


async def awaiting_activation() -> list[Request]:
    """A request of each kind, whose run waits for the link to be used."""
    requests = await at_gate()
    for request in requests:
        await approve(request.tracking_code)
    await all_stand_at(requests, Status.AWAITING_ACTIVATION)
    return requests


@pytest.mark.timeout(1200)
async def test_people_go_on_while_prefect_is_down_and_the_runs_catch_up(parts: Parts) -> None:
    """Submit, decide and activate, of each kind; letters go out; then every run ends Activated."""
    with parts.worker() as worker:
        decided, activated = await at_gate(), await awaiting_activation()
        links = [await letter(parts.post, request.tracking_code) for request in activated]
        await asyncio.to_thread(parts.prefect.stop)
        try:
            for request in decided:
                await approve(request.tracking_code)
            for link in links:
                await press(link)
            # Not all in one pass of the sweep: the second finds Prefect away from the start.
            await letters_arrive(parts, activated, 3)
            submitted = await submit_each("down")
            await letters_arrive(parts, submitted, 1)
            await all_stand_at(activated, Status.ACTIVATED)
            await all_stand_at(decided, Status.APPROVED)
            await all_stand_at(submitted, Status.SUBMITTED)
        finally:
            await asyncio.to_thread(parts.prefect.start)
        await people_act(parts.post, *codes_of([*decided, *submitted]))

        await all_end_activated(parts, *codes_of([*decided, *activated, *submitted]))
        assert worker.is_running()


async def letters_arrive(parts: Parts, requests: Sequence[Request], how_many: int) -> None:
    """So many about each of them, Prefect or no Prefect."""
    for request in requests:
        await until(
            lambda code=request.tracking_code: len(parts.post.letters(code)) == how_many,
            "it is said",
            within=PROMPTLY,
        )


async def all_stand_at(requests: Sequence[Request], status: Status) -> None:
    """Each of them does, or comes to."""
    for request in requests:
        await stands_at(request.tracking_code, status)


def codes_of(requests: Sequence[Request]) -> list[str]:
    """Their tracking codes."""
    return [request.tracking_code for request in requests]


@pytest.mark.timeout(1200)
async def test_runs_that_lose_prefect_on_their_way_are_carried_to_their_end(parts: Parts) -> None:
    """The server goes away in the middle of a burst and comes back: nothing fails, all arrive."""
    with parts.worker() as worker:
        requests = [*await submit_each("lost"), *await submit_each("lost")]
        await stands_at(requests[0].tracking_code, Status.UNDER_REVIEW)
        await asyncio.to_thread(parts.prefect.stop)
        await asyncio.to_thread(parts.prefect.start)
        codes = codes_of(requests)
        await people_act(parts.post, *codes)

        await all_end_activated(parts, *codes)
        assert worker.is_running()
