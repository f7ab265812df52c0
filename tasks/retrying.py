"""What the steps' tasks have in common."""

from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from models.database import RETRY_DELAYS, is_passing

P = ParamSpec("P")
T = TypeVar("T")


async def database_was_away(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether the task failed because the database was away: nothing else heals by itself."""
    outcome = await state.aresult(raise_on_failure=False)
    return isinstance(outcome, BaseException) and is_passing(outcome)


def step_task(name: str) -> Callable[[Callable[P, Awaitable[T]]], Task[P, Any]]:
    """A task of this name, tried again while the database is away.

    Nothing is cached or persisted: our tables say what is done.
    """
    return task(
        name=name,
        retries=len(RETRY_DELAYS),
        retry_delay_seconds=list(RETRY_DELAYS),
        retry_condition_fn=database_was_away,
        cache_policy=NO_CACHE,
        persist_result=False,
    )
