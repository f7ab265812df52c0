"""What a step of a pipeline is: the same work for one request, and for many at once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from prefect import Task

from models.database import transaction
from models.request_sets import id_of
from models.standing import WhereItStands
from tasks.retrying import step_task
from tasks.steps.sending import send_owed
from traces.work import work

Together = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, datetime]]]


@dataclass(frozen=True)
class Step:
    """A task, when it is due, and what it does of many requests at once.

    The task moves the request on, or returns the instant at which it is to be tried again because
    something outside does not answer. A step that is done is not due, so it is passed over.
    """

    name: str
    is_due: Callable[[WhereItStands], bool]
    #: Of one request, as Prefect shows it: ``together`` of that one, and its e-mail is sent.
    task: Task[..., Any]
    #: Moves those of the requests on for which the step is due; one fault undoes all of it.
    #: Returns when to try those again for which something outside does not answer. One that
    #: somebody else holds is left out, and is still due; one alone is waited for. What is owed
    #: leaves by the outbox's own pass.
    together: Together


def step(
    name: str, *, is_due: Callable[[WhereItStands], bool], owes: bool = False
) -> Callable[[Together], Step]:
    """The step that does what the decorated function does; Prefect shows it under ``name``.

    With ``owes`` its task sends what the request is owed then.
    """

    def as_step(together: Together) -> Step:
        async def traced(ids: Sequence[UUID]) -> Mapping[UUID, datetime]:
            with work(name, tried=ids):
                return await together(ids)

        async def alone(tracking_code: str, request_id: UUID | None = None) -> datetime | None:
            if request_id is None:  # whoever carries the request has read its row
                async with transaction() as session:
                    request_id = await id_of(session, tracking_code)
            waiting = await traced([request_id])
            if owes:
                await send_owed(request_id)
            return waiting.get(request_id)

        for told in ("__name__", "__qualname__", "__module__", "__doc__"):
            setattr(alone, told, getattr(together, told))
        return Step(name, is_due, step_task(name)(alone), traced)

    return as_step
