"""Mail the activation link."""

from datetime import timedelta

from desk.clock import utc_now
from desk.policy import current_policy
from desk.requests.activation import mail_link
from models.database import transaction
from models.door import PIPELINE, change_status
from models.requests import Request, find_request
from rules.requests.statuses import Status
from tasks.steps.sending import send_owed
from tasks.steps.step import step


def _is_due(request: Request) -> bool:
    return request.status in {Status.APPROVED, Status.PAID}


@step("send activation e-mail", is_due=_is_due)
async def send_activation_email(tracking_code: str) -> None:
    """Owe the letter and wait for activation in one transaction, then send the letter.

    A letter that does not go out now is the sweep's: the request waits all the same.
    """
    now = utc_now()
    async with transaction() as session:
        request = await find_request(session, tracking_code, lock=True)
        if not _is_due(request):
            return
        request.closes_at = now + timedelta(days=current_policy().activation.close_after_days)
        await mail_link(session, request, now=now)
        await change_status(session, request, Status.AWAITING_ACTIVATION, by=PIPELINE, now=now)
    await send_owed(request.id)
