"""What one process accepts and decides in a second, with no engine behind it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from benchmarks.people import (
    OFFICER,
    invite_newcomers,
    register_officer,
    register_practitioners,
)
from benchmarks.whole_pipeline.one_request import check
from desk.clock import utc_now
from desk.requests.review import Ruling, decide
from desk.requests.submission import accept
from models.requests import Request
from rules.profile_update.submission import ProfileUpdateSubmission
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Verdict

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class DeskRates:
    """A second: one after the other, and many tasks at once."""

    requests: int
    accept: float
    accept_at_once: float
    decide: float
    decide_at_once: float
    #: Of first registrations, which ask who may be the same person.
    register: float
    register_at_once: float
    decide_registration: float
    decide_registration_at_once: float


async def measure_desk(how_many: int, progress: Callable[[str], None]) -> DeskRates:
    """Accept and decide so many of each kind in each way, after one that does not count."""
    await register_officer()
    updates = await _rates(_update, await register_practitioners(1 + 2 * how_many))
    progress("accept, decide: " + ", ".join(f"{rate:.0f}" for rate in updates) + " a second")
    registrations = await _rates(_registration, await invite_newcomers(1 + 2 * how_many))
    progress("registrations: " + ", ".join(f"{rate:.0f}" for rate in registrations) + " a second")
    return DeskRates(how_many, *updates, *registrations)


async def _rates(
    accept_one: Callable[[T], Awaitable[Request]], wishes: Sequence[T]
) -> tuple[float, float, float, float]:
    """Of accepting and of deciding: in turn, and at once."""
    first, *others = wishes
    await _decide((await accept_one(first)).tracking_code)
    half = len(others) // 2
    accept_each, accepted = await _in_turn(accept_one, others[:half])
    accept_all, accepted_at_once = await _at_once(accept_one, others[half:])
    codes, codes_at_once = (
        [request.tracking_code for request in requests] for requests in (accepted, accepted_at_once)
    )
    await asyncio.gather(*map(check, [*codes, *codes_at_once]))
    decide_each, _ = await _in_turn(_approve, codes)
    decide_all, _ = await _at_once(_approve, codes_at_once)
    return accept_each, accept_all, decide_each, decide_all


async def _update(wish: ProfileUpdateSubmission) -> Request:
    return await accept(Kind.PROFILE_UPDATE, wish, now=utc_now())


async def _registration(wish: Mapping[str, Any]) -> Request:
    return await accept(Kind.REGISTRATION, wish, now=utc_now())


async def _decide(tracking_code: str) -> None:
    await check(tracking_code)
    await _approve(tracking_code)


async def _approve(tracking_code: str) -> Status:
    ruling = Ruling(verdict=Verdict.APPROVE, officer=OFFICER)
    return await decide(tracking_code, ruling, now=utc_now())


async def _in_turn(work: Callable[[T], Awaitable[R]], items: Sequence[T]) -> tuple[float, list[R]]:
    begun = time.perf_counter()
    done = [await work(item) for item in items]
    return len(items) / (time.perf_counter() - begun), done


async def _at_once(work: Callable[[T], Awaitable[R]], items: Sequence[T]) -> tuple[float, list[R]]:
    begun = time.perf_counter()
    done = await asyncio.gather(*map(work, items))
    return len(items) / (time.perf_counter() - begun), done
