"""Where policy asks for payment before activation, the renewal waits for it, in its place."""

import asyncio
import gc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prefect.events.worker import EventsWorker
from prefect.settings import PREFECT_API_URL, temporary_settings

from desk.clock import utc_now
from desk.requests.activation import use
from desk.requests.payments import money_of, record_payment
from desk.requests.submission import accept
from flows.card_renewal import RequestHandle, card_renewal
from models.database import transaction
from models.links import LinkPurpose
from models.payments import Bill, bill_of
from rules.requests.statuses import Kind, Status
from rules.values.dates import riyadh_day
from stack.prefect_server import PrefectServer
from support.cards import card_of, give_card, renewal
from support.people import NOURA, register_people
from support.policies import PAID_FIRST, policy_with
from support.requests import token_of

TODAY = riyadh_day(datetime.now(UTC))
NUMBER = NOURA["registration_number"]


@pytest.fixture
async def holder(database: str, tmp_path: Path) -> None:
    """Somebody whose card expires in a month."""
    await register_people()
    await give_card(NUMBER, expires_on=TODAY + timedelta(days=30))


@pytest.fixture
def paid_first(tmp_path: Path) -> Iterator[None]:
    """Policy asks for payment before activation."""
    with policy_with(tmp_path, PAID_FIRST):
        yield


@pytest.fixture
def prefect_api(prefect_server: PrefectServer) -> Iterator[None]:
    """Prefect's client talks to the session's server."""
    with temporary_settings({PREFECT_API_URL: prefect_server.api_url}):
        yield
        EventsWorker.drain_all()
        gc.collect()  # in this test's time: see its mark


async def bill_for(handle: RequestHandle) -> Bill:
    """The bill of this request."""
    async with transaction() as session:
        bill = await bill_of(session, (await handle.look()).id)
        assert bill is not None
        return bill


# Prefect leaves the sockets of its clients to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
async def test_the_activation_link_is_mailed_when_the_bill_is_paid(
    holder: None, paid_first: None, prefect_api: None
) -> None:
    """Approved, billed, paid, activated: in force."""
    request = await accept(Kind.CARD_RENEWAL, renewal(TODAY), now=utc_now())
    handle = RequestHandle(request.tracking_code)

    run = asyncio.create_task(card_renewal(request.tracking_code, return_state=True))
    await handle.wait_for(Status.UNDER_REVIEW)
    await handle.decide("approve", officer="amal")
    await handle.wait_for(Status.AWAITING_PAYMENT)
    bill = await bill_for(handle)
    await record_payment(bill.number, money_of(bill), paid_on=TODAY, now=utc_now())
    await handle.wait_for(Status.AWAITING_ACTIVATION)
    await use(await token_of(await handle.look()), LinkPurpose.ACTIVATE, now=utc_now())
    state = await run

    assert state.name == "Activated"
    assert (await card_of(NUMBER)).expires_on > TODAY + timedelta(days=700)
