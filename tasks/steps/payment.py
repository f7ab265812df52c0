"""Ask for payment, where policy wants it before activation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from desk.clock import utc_now
from desk.requests import payments
from models.database import transaction
from models.request_sets import lock_requests
from models.standing import WhereItStands
from tasks.steps.step import step


def _is_due(request: WhereItStands) -> bool:
    # The e-mail says the reference number: a request that was passed over has none yet.
    return payments.is_paid_first(request) and request.reference_number is not None


@step("ask for payment", is_due=_is_due, owes=True)
async def ask_for_payment(ids: Sequence[UUID]) -> Mapping[UUID, datetime]:
    """Bill the approved renewals and have them wait for their payment, in one transaction.

    Where there is nothing to pay the request goes on as it stands.
    """
    now = utc_now()
    async with transaction() as session:
        due = [each for each in await lock_requests(session, ids) if _is_due(each)]
        await payments.ask_for_payments(session, due, now=now)
    return {}
