"""What the steps' tasks have in common."""

import traceback
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from models.database import RETRY_DELAYS, is_passing
from rules.errors import Broken, MumarisError, Unavailable

P = ParamSpec("P")
T = TypeVar("T")


class DatabaseAway(Unavailable):
    """The database does not answer now; the same step may succeed later."""


class StepBroken(Broken):
    """A step failed in a way that nobody foresaw: what sort of error, and where.

    Its own text is left out. Prefect keeps what a task raises and shows it to everybody, and an
    error's text may hold what a person typed, or a row.
    """

    def __init__(self, step: str, error: Exception) -> None:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        super().__init__(f"{step}: {type(error).__name__} at {place}")
        self.step = step


async def database_was_away(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether the task failed because the database was away: nothing else heals by itself."""
    return isinstance(await state.aresult(raise_on_failure=False), DatabaseAway)


def step_task(name: str) -> Callable[[Callable[P, Awaitable[T]]], Task[P, Any]]:
    """A task of this name, tried again while the database is away.

    Nothing is cached or persisted: our tables say what is done.
    """

    def as_task(step: Callable[P, Awaitable[T]]) -> Task[P, Any]:
        return task(
            name=name,
            retries=len(RETRY_DELAYS),
            retry_delay_seconds=list(RETRY_DELAYS),
            retry_condition_fn=database_was_away,
            cache_policy=NO_CACHE,
            persist_result=False,
        )(_discreet(name, step))

    return as_task


def _discreet(name: str, step: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """The step, raising only errors whose text may be shown to everybody."""

    @wraps(step)
    async def discreet(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await step(*args, **kwargs)
        except MumarisError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, its text must not reach Prefect
            if is_passing(error):
                raise DatabaseAway from None
            raise StepBroken(name, error) from None

    return discreet
