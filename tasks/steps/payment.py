"""Ask for payment, where policy wants it before activation."""

from desk.clock import utc_now
from desk.policy import current_policy
from desk.requests.payments import amount_of, issue_bill
from models.database import transaction
from models.door import PIPELINE, change_status, record
from models.requests import Request, find_request
from rules.card_renewal.plan import RenewalPlan
from rules.requests.events import EventName
from rules.requests.statuses import Status
from tasks.letter_delivery import deliver_letters
from tasks.steps.step import step


def _is_due(request: Request) -> bool:
    return request.status == Status.APPROVED and current_policy().payment.required_before_activation


@step("ask for payment", is_due=_is_due)
async def ask_for_payment(tracking_code: str) -> None:
    """Bill the approved renewal and wait for its payment, in one transaction; then send the letter.

    Where the fee or the fine is not policy's to know there is no bill yet: the request waits all
    the same, without a due date, and its history tells operations to set the amount.
    """
    now = utc_now()
    async with transaction() as session:
        request = await find_request(session, tracking_code, lock=True)
        if not _is_due(request):
            return
        amount = amount_of(RenewalPlan.from_json(request.normalised))
        if amount is not None and amount.minor == 0:
            return  # nothing to pay: the request goes on as it stands
        await change_status(session, request, Status.AWAITING_PAYMENT, by=PIPELINE, now=now)
        if amount is None:
            record(session, request, EventName.BILL_NEEDS_AMOUNT, by=PIPELINE, now=now)
        else:
            await issue_bill(session, request, amount, by=PIPELINE, now=now)
    await deliver_letters(now=utc_now(), request_id=request.id)
