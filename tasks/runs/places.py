"""Where a kind's runs go, and why no worker takes one that waits there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, WorkQueueStatus
from prefect.exceptions import ObjectNotFound

from rules.requests.statuses import Kind

#: A healthy worker takes a run within seconds; one that waits for so long is asked about.
HIDDEN_FOR = timedelta(minutes=1)
#: With workers that take runs, so long is a backlog; longer is not.
BACKLOG_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Place:
    """A kind's deployment as it stands now."""

    deployment_id: UUID
    work_queue_id: UUID | None

    def hides(self, run: FlowRun) -> bool:
        """Whether no worker can ever get the run: its deployment or queue is not there any more.

        Prefect keeps such a run Scheduled for ever. Deployed anew, a deployment has another id; a
        pool or queue that is deleted leaves its runs without one.
        """
        return run.deployment_id != self.deployment_id or run.work_queue_id is None


async def place_of(client: PrefectClient, kind: Kind) -> Place:
    """Where this kind's runs go; raises Prefect's `ObjectNotFound` where it is not deployed."""
    found = await client.read_deployment_by_name(kind.deployment)
    return Place(found.id, found.work_queue_id)


async def why_not_taken(
    client: PrefectClient, run: FlowRun, place: Place, *, now: datetime
) -> str | None:
    """Why a run that was due for a while is not taken, as a code; None where it is only a backlog.

    The times are Prefect's, and so is the clock that they are compared with, up to a second or two.
    """
    since = run.state.timestamp if run.state is not None else (run.created or now)
    if now - since < HIDDEN_FOR:
        return None
    if place.work_queue_id is None or run.work_queue_id is None:
        return "no_work_queue"
    try:
        queue = await client.read_work_queue(run.work_queue_id)
        pool = await client.read_work_pool(queue.work_pool_name or "")
    except ObjectNotFound:
        return "no_work_queue"
    reasons = {
        "work_pool_paused": pool.is_paused,
        "work_pool_has_no_slots": pool.concurrency_limit == 0,
        "work_queue_paused": queue.is_paused,
        "work_queue_has_no_slots": queue.concurrency_limit == 0,
        "no_worker": queue.status != WorkQueueStatus.READY,
        "not_taken": now - since > BACKLOG_FOR,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)
