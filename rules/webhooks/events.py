"""What a webhook tells: that a request came to a status, in codes, as a CloudEvent."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from rules.errors import WrongUsage
from rules.requests.statuses import Status

#: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
SPECIFICATION = "1.0"
#: What an event's type begins with: the name by which Prefect's events go, too.
TYPE = "mumaris.request."
MEDIA_TYPE = "application/cloudevents+json"


class EventUnknown(WrongUsage):
    """A webhook tells of the statuses that a request comes to, and of nothing else."""


@dataclass(frozen=True, kw_only=True)
class Happening:
    """That a request came to a status. Codes alone: who it is about is asked for with a key."""

    #: The number of the line of the request's history.
    number: int
    request_id: UUID
    at: datetime
    tracking_code: str
    kind: str
    status: str
    status_before: str | None
    reason_code: str | None
    round: int

    @property
    def id(self) -> UUID:
        """The same for whoever is told of it, however often: repeats are dropped by it."""
        return uuid5(NAMESPACE_URL, f"mumaris:event:{self.number}:{self.request_id}")

    def cloud_event(self, source: str) -> bytes:
        """The JSON that travels, the same on every attempt; ``source`` is whose event it is."""
        event = {
            "specversion": SPECIFICATION,
            "id": str(self.id),
            "source": source,
            "type": f"{TYPE}{self.status}",
            "subject": self.tracking_code,
            "time": self.at.isoformat(),
            "datacontenttype": "application/json",
            "data": {
                "tracking_code": self.tracking_code,
                "kind": self.kind,
                "status": self.status,
                "status_before": self.status_before,
                "reason_code": self.reason_code,
                "round": self.round,
            },
        }
        return json.dumps(event, separators=(",", ":")).encode()


def clean_events(typed: Sequence[str]) -> tuple[Status, ...]:
    """The statuses, in their order; all of them where none is named. Raises `EventUnknown`."""
    names = {each.strip().removeprefix(TYPE) for each in typed}
    if names - set(Status):
        raise EventUnknown
    return tuple(status for status in Status if not names or status in names)
