"""Show operations where a request stands: the run's tags, its timeline, an event per change."""

import asyncio
from collections.abc import Awaitable, Sequence
from uuid import NAMESPACE_URL, UUID, uuid5

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactCreate
from prefect.events import emit_event

from desk.clock import utc_now
from desk.requests.timeline import timeline_markdown
from models.database import patiently, snapshot, transaction
from models.requests import Request, RequestEvent, history, mark_announced
from tasks.runs.in_prefect import REFUSED_TAG, show_stage


async def show_progress(
    request: Request, flow_run_id: UUID, *, waits_for: str = "", with_timeline: bool = True
) -> None:
    """Bring what Prefect shows of the request up to date; nothing new, nothing done.

    ``waits_for`` stands above its timeline. Without one the next call shows all of it. Both are of
    the request as the caller has read it: where somebody has moved it since, its timeline is shown,
    with what has happened.

    Repeated after a crash, an event bears the same id, so that it is the same event.
    """
    read_as = request.status
    request, events = await _as_it_stands(request.id)
    news = [event for event in events if event.announced_at is None]
    if not news:
        return
    if request.status != read_as:
        waits_for, with_timeline = "", True
    timeline = "\n\n".join(filter(None, [waits_for, timeline_markdown(request, events)]))
    for event in news:
        _emit(request, event, flow_run_id)
    async with get_client() as client:
        telling: list[Awaitable[object]] = [show_stage(client, request, flow_run_id)]
        if with_timeline:
            telling.append(client.create_artifact(_artifact(request, timeline, flow_run_id)))
        await asyncio.gather(*telling)
    await _mark_announced(news)


async def show_refused_answer(request: Request, flow_run_id: UUID) -> None:
    """Mark the run whose form was filled in and not accepted, until the request moves."""
    async with get_client() as client:
        await show_stage(client, request, flow_run_id, REFUSED_TAG)


@patiently
async def _as_it_stands(request_id: UUID) -> tuple[Request, list[RequestEvent]]:
    """The row and its history, of one moment: what is told of the one is true of the other."""
    async with snapshot() as session:
        request = await session.get_one(Request, request_id)
        return request, await history(session, request_id)


@patiently
async def _mark_announced(events: Sequence[RequestEvent]) -> None:
    async with transaction() as session:
        await mark_announced(session, events, at=utc_now())


def _artifact(request: Request, timeline: str, flow_run_id: UUID) -> ArtifactCreate:
    return ArtifactCreate(
        type="markdown",
        key=f"request-{request.tracking_code.lower()}",
        description="What happened to the request so far",
        data=timeline,
        flow_run_id=flow_run_id,
    )


def _emit(request: Request, event: RequestEvent, flow_run_id: UUID) -> None:
    emit_event(
        event=f"mumaris.request.{event.what}",
        resource={
            "prefect.resource.id": f"mumaris.request.{request.tracking_code}",
            "prefect.resource.name": request.tracking_code,
            "mumaris.kind": request.kind,
        },
        related=[
            {
                "prefect.resource.id": f"prefect.flow-run.{flow_run_id}",
                "prefect.resource.role": "flow-run",
            }
        ],
        occurred=event.at,
        id=uuid5(NAMESPACE_URL, f"mumaris:event:{event.id}:{request.id}"),
        payload={
            "from": event.from_status,
            "to": event.to_status,
            "by": event.actor_kind,
            "reason": event.reason_code,
            "round": event.round,
        },
    )
