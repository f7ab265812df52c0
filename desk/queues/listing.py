"""The queues of the review desk, counted and page by page; codes and instants, nobody's data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from desk.cases.gate import Gate, gates_of
from models.database import snapshot
from models.officers import find_officer
from models.queues import (
    ALL_OF_IT,
    Narrowed,
    PageEnd,
    count_queues,
    officers_at_work,
    page_of_queue,
)
from rules.requests.queues import Queue


@dataclass(frozen=True, kw_only=True)
class QueuePage:
    """One page of a queue, with the counts of all of them at the same moment."""

    #: `models.queues.MOST_COUNTED` + 1 for any more.
    counts: Mapping[Queue, int]
    gates: tuple[Gate, ...]
    #: Who works on some request of the desk, whatever the queue.
    at_work: tuple[str, ...]
    #: Where the next page begins; None where this is the last.
    after: PageEnd | None


async def read_queue(
    queue: Queue,
    officer: str,
    narrowed: Narrowed = ALL_OF_IT,
    *,
    now: datetime,
    limit: int,
    after: PageEnd | None = None,
) -> QueuePage:
    """The queue as this officer sees it, most urgent first. Raises `OfficerUnknown`.

    Count and list come from one predicate and one moment: they do not disagree.
    """
    async with snapshot() as session:
        name = (await find_officer(session, officer)).user_name
        counts = await count_queues(session, name, narrowed, now=now)
        found = await page_of_queue(
            session, queue, name, narrowed, now=now, limit=limit + 1, after=after
        )
        shown = found[:limit]
        gates = await gates_of(session, shown, now=now)
        at_work = await officers_at_work(session, now=now)
    last = shown[-1] if len(found) > limit else None
    return QueuePage(
        counts=counts,
        at_work=tuple(at_work),
        gates=gates,
        after=PageEnd(last.review_due_at, last.id) if last and last.review_due_at else None,
    )
