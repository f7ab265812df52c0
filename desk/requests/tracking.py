"""What whoever holds a tracking code may see of its request."""

from dataclasses import dataclass

from models.database import transaction
from models.letters import has_undelivered
from models.requests import Request, find_request


@dataclass(frozen=True)
class Tracked:
    """The request as it stands, and whether its applicant had our last word."""

    request: Request
    #: The last e-mail about it could not be delivered.
    is_undelivered: bool


async def track(tracking_code: str) -> Tracked:
    """The request of this code; raises `models.requests.RequestUnknown`."""
    async with transaction() as session:
        request = await find_request(session, tracking_code)
        return Tracked(request, await has_undelivered(session, request.id))
