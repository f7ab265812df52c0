"""Ask for payment, where policy wants it before activation."""

from desk.clock import utc_now
from desk.requests import payments
from models.database import transaction
from models.requests import find_request
from tasks.steps.sending import send_owed
from tasks.steps.step import step


@step("ask for payment", is_due=payments.is_paid_first)
async def ask_for_payment(tracking_code: str) -> None:
    """Bill the approved renewal and wait for its payment, in one transaction; then send the letter.

    Where there is nothing to pay the request goes on as it stands.
    """
    now = utc_now()
    async with transaction() as session:
        request = await find_request(session, tracking_code, lock=True)
        waits = await payments.ask_for_payment(session, request, now=now)
    if waits:
        await send_owed(request.id)
