"""See that what was approved is in force."""

from desk.kinds.registry import kind_of
from models.database import transaction
from models.requests import Request, find_request
from rules.errors import Broken
from rules.requests.statuses import Status
from tasks.steps.step import step


class NotInForce(Broken):
    """An activated request is not in force: something wrote around the door."""

    def __init__(self, tracking_code: str) -> None:
        super().__init__(f"request {tracking_code} is activated and not in force")
        self.tracking_code = tracking_code


def _is_due(request: Request) -> bool:
    return request.status == Status.ACTIVATED


@step("in force", is_due=_is_due)
async def confirm_in_force(tracking_code: str) -> None:
    """See that the activated request has its version in force; raises `NotInForce`.

    The link's use brings it into force, in one transaction and without Prefect; this step shows
    operations that it did.
    """
    async with transaction() as session:
        request = await find_request(session, tracking_code)
        if not await kind_of(request).is_in_force(session, request):
            raise NotInForce(tracking_code)
