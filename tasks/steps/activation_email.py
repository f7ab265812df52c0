"""Mail the activation link."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from desk.clock import utc_now
from desk.policy import current_policy
from desk.requests.activation import mail_links
from models.database import transaction
from models.door import PIPELINE, change_statuses
from models.request_sets import lock_requests
from models.standing import WhereItStands
from rules.requests.statuses import Status
from tasks.steps.step import step


def _is_due(request: WhereItStands) -> bool:
    # The e-mail says the reference number: a request that was passed over has none yet.
    return request.status in {Status.APPROVED, Status.PAID} and request.reference_number is not None


@step("send activation e-mail", is_due=_is_due, owes=True)
async def send_activation_email(ids: Sequence[UUID]) -> Mapping[UUID, datetime]:
    """Owe the letters and have the requests wait for activation, in one transaction.

    A letter that does not go out now is the sweep's: its request waits all the same.
    """
    now = utc_now()
    closes_at = now + timedelta(days=current_policy().activation.close_after_days)
    async with transaction() as session:
        due = [each for each in await lock_requests(session, ids) if _is_due(each)]
        if not due:
            return {}
        await mail_links(session, due, now=now)
        for request in due:
            request.closes_at = closes_at
        await change_statuses(session, due, Status.AWAITING_ACTIVATION, by=PIPELINE, now=now)
    return {}
