"""Until when a request is to be decided, by what its history says of earlier times at the gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.clock import end_of_day, working_days_earlier
from desk.policy import current_policy
from models.request_sets import histories
from models.requests import Request, RequestEvent
from rules.policy.policy import Policy
from rules.requests.review_clock import Stay, days_used, due_day
from rules.requests.statuses import Status
from rules.values.dates import riyadh_day


@dataclass(frozen=True, kw_only=True)
class DaysUsed:
    """Of the working days that a decision may take, those before the last return."""

    used: int
    allowed: int


async def reviews_due_at(
    session: AsyncSession, requests: Sequence[Request], *, now: datetime
) -> dict[UUID, datetime]:
    """When what comes to the gate now is to be decided, by its id: the end of a working day."""
    # What was returned is in a later round when it comes again.
    came_before = [request.id for request in requests if request.round > 1]
    events = await histories(session, came_before) if came_before else {}
    stays = {request.id: stays_of(events.get(request.id, ())) for request in requests}
    due = {each: _due_at(now, each) for each in set(stays.values())}
    return {request_id: due[each] for request_id, each in stays.items()}


def _due_at(now: datetime, stays: tuple[Stay, ...]) -> datetime:
    policy = current_policy()
    day = due_day(riyadh_day(now), stays, review=policy.review, calendar=policy.working_days)
    return end_of_day(day)


def escalated_if_due_by(now: datetime, policy: Policy) -> datetime:
    """What was to be decided by this instant, and is not, operations hear of now."""
    extra = policy.review.escalate_after_working_days - policy.review.due_working_days
    return working_days_earlier(now, extra, policy.working_days)


def days_used_by(events: Sequence[RequestEvent]) -> DaysUsed | None:
    """What earlier times at the gate took; None for what was there never, or once until now."""
    stays = stays_of(events)
    if not stays:
        return None
    policy = current_policy()
    return DaysUsed(
        used=days_used(stays, policy.working_days), allowed=policy.review.due_working_days
    )


def stays_of(events: Sequence[RequestEvent]) -> tuple[Stay, ...]:
    """The times at the gate that are over, out of a request's history, oldest first."""
    stays: list[Stay] = []
    came: date | None = None
    for event in events:
        if event.to_status == Status.UNDER_REVIEW:
            came = riyadh_day(event.at)
        elif event.from_status == Status.UNDER_REVIEW and came is not None:
            stays.append(Stay(came=came, left=riyadh_day(event.at)))
    return tuple(stays)
