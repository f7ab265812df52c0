"""The list that an officer works through: a queue and its filters, from address to address."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fastapi import Request

from portal.web.languages import with_language
from rules.requests.queue_filters import NO_FILTER, QueueFilters, read_filters, said_filters
from rules.requests.queues import Queue

QUEUE = "/desk/queue"


@dataclass(frozen=True)
class Listed:
    """A queue, where one was named, and its filters."""

    queue: Queue | None = None
    filters: QueueFilters = NO_FILTER

    @property
    def said(self) -> str:
        """As an address says it; empty where it says nothing."""
        named = {} if self.queue is None else {"queue": self.queue.value}
        return urlencode(named | said_filters(self.filters))

    def address(self, queue: Queue, **more: str) -> str:
        """Where this queue stands, narrowed by the same filters."""
        said = replace(self, queue=queue).said
        return f"{QUEUE}?{said}{'&' if more else ''}{urlencode(more)}"

    @property
    def addresses(self) -> dict[Queue, str]:
        """Where each queue stands, narrowed by the same filters."""
        return {queue: self.address(queue) for queue in Queue}


def listed_in(request: Request) -> Listed:
    """What the address says; what it says otherwise than we do counts as unsaid."""
    asked = request.query_params
    queue = Queue(asked["queue"]) if asked.get("queue") in set(Queue) else None
    return Listed(queue, read_filters(asked))


def carry_on(request: Request, queue: Queue | None = None) -> Listed:
    """The same; and the links of the page that is shown, and of those behind it, say it too.

    ``queue`` is the one that is shown, whatever the address says.
    """
    listed = listed_in(request)
    listed = replace(listed, queue=queue or listed.queue)
    request.state.kept = listed.said
    return listed


def onward(request: Request, path: str) -> str:
    """A path of the desk, in the reader's language, with the list that is worked through."""
    kept = listed_in(request).said
    to = with_language(request, path)
    return f"{to}{'&' if '?' in to else '?'}{kept}" if kept else to
