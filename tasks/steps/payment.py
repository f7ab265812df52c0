"""Ask for payment, where policy wants it before activation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from desk.clock import utc_now
from desk.requests import payments
from models.database import transaction
from models.request_sets import lock_requests
from tasks.steps.step import step


@step("ask for payment", is_due=payments.is_paid_first, owes=True)
async def ask_for_payment(ids: Sequence[UUID]) -> Mapping[UUID, datetime]:
    """Bill the approved renewals and have them wait for their payment, in one transaction.

    Where there is nothing to pay the request goes on as it stands.
    """
    now = utc_now()
    async with transaction() as session:
        for request in await lock_requests(session, ids):
            await payments.ask_for_payment(session, request, now=now)
    return {}
