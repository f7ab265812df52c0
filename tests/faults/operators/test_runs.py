"""Whatever operators do to a run: its request goes on, or is withdrawn where they say "end this".

Each verb of `prefect flow-run` is done to a request at each wait, in the way the command does it,
by one call of Prefect's API. `make test` does those that are likely, `make prove` the others. All
of it happens at once, on servers of their own; each test looks at one verb and one wait.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from prefect.client.orchestration import PrefectClient, get_client
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
from models.database import close_engine, transaction
from models.requests import Request
from models.run_states import RunState
from rules.requests.statuses import Status
from rules.requests.transitions import FINAL
from support.choosing import chosen
from support.faults import (
    Parts,
    all_parts,
    approve,
    people_act,
    send_back,
    submit_renewal,
    submit_specialty,
    until,
)
from support.policies import PAID_FIRST, policy_with
from support.proofs import mostly_proofs

pytestmark = pytest.mark.timeout(1200)

#: Where a request's run waits for a person when the accident happens.
WAITS = (
    Status.UNDER_REVIEW,
    Status.RETURNED,
    Status.AWAITING_PAYMENT,
    Status.AWAITING_ACTIVATION,
)


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


#: Verbs that say "end this": operations withdraw the request.
CANCELLING = {
    "cancel": by_hand(Cancelling(), force=False),
    "set-state cancelled": by_hand(Cancelled()),
}


VERBS = ON_RUNS | CANCELLING

#: What `make test` looks at; `make prove` looks at the others.
LIKELY = {
    ("delete", Status.UNDER_REVIEW),
    ("delete", Status.AWAITING_ACTIVATION),
    ("set-state failed", Status.AWAITING_ACTIVATION),
    ("set-state completed", Status.UNDER_REVIEW),
    ("resume", Status.UNDER_REVIEW),
    ("cancel", Status.UNDER_REVIEW),
}


def each_of(verbs: Collection[str]) -> list[Any]:
    """These verbs at every wait, as parameters of a test."""
    cases = list(product(verbs, WAITS))
    return mostly_proofs(cases, but=LIKELY.intersection(cases))


@dataclass
class Walked:
    """One request, and what became of it."""

    request: Request
    #: After the accident, before anybody decided anything.
    waited_again: bool = False
    #: The name of its run's last state.
    shown: str | None = None


@pytest.fixture(scope="module")
def walked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[tuple[str, Status], Walked]]:
    """Each verb done at each wait that a test looks at, and people doing their part afterwards."""
    cases = chosen(request, "verb", "status")
    folder = tmp_path_factory.mktemp("paid-first")
    jobs = "support.hasty_sweep:sweep_pass,support.hasty_sweep:post_pass"
    with all_parts() as parts, policy_with(folder, PAID_FIRST), pytest.MonkeyPatch.context() as env:
        for name, value in parts.environment().items():
            env.setenv(name, value)
        with (
            parts.worker(MUMARIS_CARETAKER=jobs),
            temporary_settings({PREFECT_API_URL: parts.prefect.api_url}),
        ):
            yield asyncio.run(walk(parts, cases))


async def walk(
    parts: Parts, cases: Collection[tuple[Any, ...]]
) -> dict[tuple[str, Status], Walked]:
    """Bring each request to its wait, do its verb, see it wait again, let people act."""
    found = {(verb, status): Walked(await submitted(status)) for verb, status in cases}
    try:
        await until(lambda: all_wait(found), "each waits where it should", within=240)
        goes_on = [one for (verb, _), one in found.items() if verb in ON_RUNS]
        async with get_client() as client:
            for (verb, _), one in found.items():
                await VERBS[verb](client, run_of(one.request))
            await as_long_as_patient(lambda: all_wait_again(client, goes_on))
        codes = [one.request.tracking_code for one in found.values()]
        acting = asyncio.create_task(people_act(parts.post, *codes))
        await as_long_as_patient(lambda: all_settled(found.values()))
        acting.cancel()
        await asyncio.gather(acting, return_exceptions=True)
        for one in found.values():
            one.shown = await shown(parts, one)
    finally:
        await close_engine()
    return found


async def submitted(status: Status) -> Request:
    """A request that can come to this wait; only a renewal is paid."""
    if status is Status.AWAITING_PAYMENT:
        return await submit_renewal("accident")
    return await submit_specialty("accident")


async def all_wait(found: Mapping[tuple[str, Status], Walked]) -> bool:
    """Whether each waits where it should; takes those a step further that do not."""
    there = [await waits_at(one, status) for (_, status), one in found.items()]
    return all(there)


async def waits_at(one: Walked, status: Status) -> bool:
    """Whether this one waits there; approved or sent back where it waits for the officer first."""
    one.request = request = await reload(one.request)
    if request.run_state != RunState.WAITING:
        return False
    if request.status == Status.UNDER_REVIEW != status:
        act = send_back if status is Status.RETURNED else approve
        await act(request.tracking_code)
        return False
    return request.status == status


async def all_wait_again(client: PrefectClient, these: Collection[Walked]) -> bool:
    """Whether each has a run that Prefect shows suspended, whatever that took."""
    for one in these:
        one.waited_again = one.waited_again or await is_suspended(client, one.request)
    return all(one.waited_again for one in these)


async def is_suspended(client: PrefectClient, request: Request) -> bool:
    """Whether the run that carries it now waits, for us and in Prefect."""
    row = await reload(request)
    if row.flow_run_id is None or row.run_state != RunState.WAITING:
        return False
    try:
        run = await client.read_flow_run(row.flow_run_id)
    except ObjectNotFound:
        return False
    return run.state is not None and run.state.type == StateType.PAUSED


async def all_settled(these: Collection[Walked]) -> bool:
    """Whether every request is closed, and nothing is to be done for its run."""
    for one in these:
        one.request = await reload(one.request)
    return all(
        one.request.status in FINAL and one.request.run_state == RunState.SETTLED for one in these
    )


async def shown(parts: Parts, one: Walked) -> str | None:
    """The last state of its run in Prefect; None where there is no end yet."""
    if one.request.run_state != RunState.SETTLED:
        return None
    return await parts.window.outcome_of(one.request.tracking_code)


async def as_long_as_patient(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for it; whether it came is what each test asserts."""
    with suppress(AssertionError):
        await until(holds, "it holds", within=240)


def run_of(request: Request) -> UUID:
    """The id of its run."""
    assert request.flow_run_id is not None
    return request.flow_run_id


async def reload(request: Request) -> Request:
    """The row as it stands now."""
    async with transaction() as session:
        return await session.get_one(Request, request.id)


@pytest.mark.parametrize(("verb", "status"), each_of(ON_RUNS))
def test_a_run_that_was_treated_badly_goes_on(
    walked: dict[tuple[str, Status], Walked], verb: str, status: Status
) -> None:
    """The wait is there again before anybody decides; then the request comes to its good end."""
    found = walked[verb, status]

    assert found.waited_again
    assert found.request.status == Status.ACTIVATED
    assert found.shown == "Activated"


@pytest.mark.parametrize(("verb", "status"), each_of(CANCELLING))
def test_cancelling_is_withdrawing(
    walked: dict[tuple[str, Status], Walked], verb: str, status: Status
) -> None:
    """It is never made again, whatever people do meanwhile."""
    assert walked[verb, status].request.status == Status.WITHDRAWN
