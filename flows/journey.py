"""The spine that the pipelines share: steps, waits, and how a run ends.

Our database is the truth, so a run holds nothing: at its first line it asks where the request
stands, and each step begins only where the request stands at the step's beginning.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.exceptions import Pause
from prefect.logging import get_run_logger
from prefect.states import Completed

from desk.clock import utc_now
from desk.requests.waiting import StillWaiting, wait_until
from flows.review_form import (
    ReviewDecision,
    decide_by_answer,
    describe_gate,
    review_form,
    take_answer,
    wait_of,
)
from flows.suspending import suspend
from models.requests import Request
from models.runs import carrying
from rules.requests.statuses import Status
from rules.requests.transitions import BEFORE_APPROVAL
from tasks.runs.progress import show_progress, show_refused_answer
from tasks.runs.record import begin_run, end_run, look_at_request, note_suspended, note_wait
from tasks.steps.step import Step


class Journey:
    """One run's way with one request."""

    def __init__(self, request: Request, flow_run_id: UUID, *, deployed: bool) -> None:
        self._request = request
        self._flow_run_id = flow_run_id
        self._deployed = deployed
        self._refusal: str | None = None

    @classmethod
    @asynccontextmanager
    async def of(cls, tracking_code: str) -> AsyncIterator[Self]:
        """Begin: note that this run carries the request, and show the sweep that it is alive."""
        context = FlowRunContext.get()
        if context is None or context.flow_run is None:
            raise RuntimeError("a journey needs a flow run")
        run = context.flow_run
        request = await look_at_request(tracking_code)
        async with carrying(request.id):
            request = await begin_run(tracking_code, run.id)
            yield cls(request, run.id, deployed=run.deployment_id is not None)

    @property
    def is_before_approval(self) -> bool:
        """Whether the gate has not yet opened or closed for good."""
        return Status(self._request.status) in BEFORE_APPROVAL and not self._is_anothers

    @property
    def _is_anothers(self) -> bool:
        return self._request.flow_run_id != self._flow_run_id

    def _stands_at(self, status: Status) -> bool:
        return self._request.status == status and not self._is_anothers

    async def step(self, step: Step) -> None:
        """Take the step where it is due; else it is done already.

        A step that has to wait for something outside says until when; the run suspends itself and
        the sweep wakes it then.
        """
        while step.is_due(self._request) and not self._is_anothers:
            wake_at = await step.task(self._request.tracking_code, self._request.id)
            await self._reload()
            if wake_at is None:
                return
            await self._suspend(step.name, wake_at=wake_at)

    async def review_gate(self) -> None:
        """Wait while officers are to decide; decide by the Resume form where it was filled in."""
        while self._stands_at(Status.UNDER_REVIEW):
            answer = await take_answer(self._flow_run_id, self._request)
            if answer is None:
                refusal, now = self._refusal, utc_now()
                await self._suspend(
                    wait_of(self._request),
                    form=review_form(self._request, refusal=refusal, now=now),
                    described=describe_gate(self._request, refusal=refusal, now=now),
                )
            else:
                self._refusal = await decide_by_answer(self._request, answer, now=utc_now())
                await self._reload()
                if self._refusal is not None:
                    # In the form's description too; but who looks at the list opens no form.
                    said = "What was filled in was not accepted: %s"
                    get_run_logger().warning(said, self._refusal)
                    await show_refused_answer(self._request, self._flow_run_id)

    async def correction(self) -> None:
        """Wait while the applicant is to correct what was returned."""
        while self._stands_at(Status.RETURNED):
            await self._suspend("correction")

    async def payment(self) -> None:
        """Wait while the bill is to be paid, or its amount to be set."""
        while self._stands_at(Status.AWAITING_PAYMENT):
            await self._suspend("payment")

    async def activation(self) -> None:
        """Wait while the applicant is to use the activation link."""
        while self._stands_at(Status.AWAITING_ACTIVATION):
            await self._suspend("activation")

    async def end(self) -> State[Any]:
        """Show the outcome and name the run's last state after it."""
        if self._is_anothers:
            return Completed(name="Duplicate", message="another run carries this request")
        await show_progress(self._request, self._flow_run_id)
        await end_run(self._request.tracking_code, self._flow_run_id)
        name = Status(self._request.status).value.capitalize()
        return Completed(name=name, message=f"the request is {self._request.status}")

    async def _reload(self) -> None:
        self._request = await look_at_request(self._request.tracking_code)

    async def _suspend(
        self,
        what: str,
        *,
        form: type[ReviewDecision] | None = None,
        described: str = "",
        wake_at: datetime | None = None,
    ) -> None:
        """Leave this body until the request has moved; the next one begins from the top.

        The wait is noted first: from then on whoever moves the request has the run woken. Without
        a deployment nobody could run it again, so it waits where it is.
        """
        # Nothing has happened yet but that it came to the gate, and the state tells that.
        is_told_by_state = bool(described) and form is None and not self._request.pause_count
        await show_progress(
            self._request,
            self._flow_run_id,
            waits_for=described,
            with_timeline=not is_told_by_state,
        )
        status = self._request.status
        key = await note_wait(
            self._request.tracking_code, what, standing_at=status, wake_at=wake_at
        )
        if key is None:
            await self._reload()
        elif self._deployed:
            try:
                await suspend(self._flow_run_id, key=key, form=form, said=described)
            except Pause:
                # How a suspension leaves, once the server has it: the sweep need not look.
                await note_suspended(self._request.tracking_code, key)
                raise
        else:
            timeout = None if wake_at is None else (wake_at - utc_now()).total_seconds()
            with suppress(StillWaiting):
                await wait_until(
                    self._request.tracking_code, lambda row: row.status != status, timeout=timeout
                )
            await self._reload()
