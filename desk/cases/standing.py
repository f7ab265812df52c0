"""Where a request stands: codes, numbers and instants that may be shown to anybody of the house."""

from dataclasses import dataclass
from datetime import datetime

from models.cases import find_requests
from models.database import transaction
from models.requests import Request, find_request
from rules.requests.statuses import Kind, Status


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a request stands; nobody's data."""

    tracking_code: str
    kind: Kind
    status: Status
    status_since: datetime
    #: None until it is issued.
    reference_number: str | None
    submitted_at: datetime
    round: int
    #: When it expires, where it waits for the applicant.
    closes_at: datetime | None


def standing_of(request: Request) -> Standing:
    """Where this row stands."""
    return Standing(
        tracking_code=request.tracking_code,
        kind=request.kind,
        status=request.status,
        status_since=request.status_since,
        reference_number=request.reference_number,
        submitted_at=request.submitted_at,
        round=request.round,
        closes_at=request.closes_at,
    )


async def read_standing(tracking_code: str) -> Standing:
    """Where the request stands now; raises `RequestUnknown`."""
    async with transaction() as session:
        return standing_of(await find_request(session, tracking_code))


async def list_standings(
    *, status: Status | None, kind: Kind | None, limit: int
) -> tuple[Standing, ...]:
    """The requests of this status and kind, newest first."""
    async with transaction() as session:
        found = await find_requests(session, status=status, kind=kind, limit=limit)
    return tuple(map(standing_of, found))
