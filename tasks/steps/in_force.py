"""See that what was approved is in force."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from desk.kinds.registry import in_force_of
from models.database import transaction
from models.request_sets import requests_of
from models.standing import WhereItStands
from rules.errors import Broken
from rules.requests.statuses import Status
from tasks.steps.step import step


class NotInForce(Broken):
    """An activated request is not in force: something wrote around the door."""

    def __init__(self, tracking_code: str) -> None:
        super().__init__(f"request {tracking_code} is activated and not in force")
        self.tracking_code = tracking_code


def _is_due(request: WhereItStands) -> bool:
    return request.status == Status.ACTIVATED


@step("in force", is_due=_is_due)
async def confirm_in_force(ids: Sequence[UUID]) -> Mapping[UUID, datetime]:
    """See that the activated requests have their versions in force; raises `NotInForce`.

    The link's use brings it into force, in one transaction and without Prefect; this step shows
    operations that it did.
    """
    async with transaction() as session:
        due = [each for each in await requests_of(session, ids) if _is_due(each)]
        in_force = await in_force_of(session, due)
    for request in due:
        if request.id not in in_force:
            raise NotInForce(request.tracking_code)
    return {}
