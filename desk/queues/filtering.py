"""What of a queue is wanted, from what was said: days and *late* become instants."""

from datetime import datetime

from desk.clock import day_begins, end_of_day
from models.queues import Narrowed
from rules.requests.queue_filters import DueWhen, QueueFilters
from rules.values.dates import riyadh_day


def narrowed_by(filters: QueueFilters, *, now: datetime) -> Narrowed:
    """What these filters let through at this instant."""
    ends = [
        *([day_begins(filters.before)] if filters.before else []),
        *([now] if filters.due is DueWhen.LATE else []),
        *([end_of_day(riyadh_day(now))] if filters.due is DueWhen.TODAY else []),
    ]
    return Narrowed(
        kind=filters.kind,
        reason=filters.why,
        due_by=min(ends, default=None),
        due_after=now if filters.due is DueWhen.TODAY else None,
        held_by=filters.officer,
    )
