"""How a hospital renews its people's cards by the API, and one of them sees it in the portal.

Over HTTP, with the real clock and Prefect's own runs: ten renewals are handed in, one is returned
and corrected, a payment gateway reports what was paid, and webhooks tell the hospital of all of it.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect.events.worker import EventsWorker
from prefect.settings import PREFECT_API_URL, temporary_settings

from desk.clock import utc_now
from desk.requests.activation import use
from documents.keys import new_master_key
from flows.card_renewal import RequestHandle, card_renewal
from flows.sweep import webhooks_pass
from models.links import LinkPurpose
from mumaris_client import ApiProblem, AsyncMumaris, verify_webhook
from rules.accounts.machines import MachineKind
from rules.requests.statuses import Status
from rules.values.dates import riyadh_day
from stack.prefect_server import PrefectServer
from support.accounts import Member, sign_in_as, with_password
from support.api_server import serving
from support.cards import card_of, give_card, renewal
from support.machines import key_of
from support.policies import PAID_FIRST
from support.receiver import WebhookReceiver, subscribed, webhooks_may_come_here
from support.requests import token_of

TODAY = riyadh_day(utc_now())
TEN = 10
#: What the hospital is told of each.
ALL_THE_WAY = {
    "submitted",
    "under_review",
    "approved",
    "awaiting_payment",
    "paid",
    "awaiting_activation",
    "activated",
}


@pytest.fixture
def portal(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The portal with its API, where policy asks for payment before activation."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    with webhooks_may_come_here(tmp_path, PAID_FIRST), serving() as api:
        yield api.removesuffix("/api/v1")


@pytest.fixture
def prefect_api(prefect_server: PrefectServer) -> Iterator[None]:
    """Prefect's client talks to the session's server."""
    with temporary_settings({PREFECT_API_URL: prefect_server.api_url}):
        yield
        EventsWorker.drain_all()
        gc.collect()  # in this test's time: see its mark


@pytest.fixture
async def system() -> AsyncIterator[WebhookReceiver]:
    """Where the hospital's system is told."""
    async with WebhookReceiver() as here:
        yield here


async def holder() -> Member:
    """Somebody of the hospital, with an account, whose card expires in a month."""
    member = await with_password(preferred_language="en")
    await give_card(member.registration_number, expires_on=TODAY + timedelta(days=30))
    return member


def wish(member: Member, **more: Any) -> dict[str, Any]:
    """The member's renewal, as the hospital sends it."""
    sent = renewal(TODAY, registration_number=member.registration_number, **more)
    del sent["idempotency_key"]
    return sent


async def all_stand(handles: list[RequestHandle], status: Status) -> None:
    """Wait until each request stands there."""
    found = await asyncio.gather(*(one.wait_for(status, timeout=120) for one in handles))
    assert set(found) == {status}


def told_of(system: WebhookReceiver, secret: str) -> dict[str, set[str]]:
    """By tracking code, what the hospital's system was told, each signed by the secret it has."""
    told: dict[str, set[str]] = {}
    for each in system.received:
        event = verify_webhook(each.headers, each.body, secret)
        told.setdefault(event["subject"], set()).add(event["data"]["status"])
    return told


# Prefect leaves the sockets of its clients to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
async def test_a_hospital_renews_ten_cards_and_one_of_the_ten_sees_it(
    portal: str, prefect_api: None, system: WebhookReceiver
) -> None:
    """Handed in, returned, corrected, approved, billed, paid; the person presses the link.

    The hospital is told of each, in codes.
    """
    people = [await holder() for _ in range(TEN)]
    hospital_key = await key_of(now=utc_now())
    told = await subscribed(system.url())
    gateway_key = await key_of("gateway", MachineKind.PAYMENTS, now=utc_now())
    api = f"{portal}/api/v1"

    async with AsyncMumaris(api, hospital_key) as hospital, AsyncMumaris(api, gateway_key) as bank:

        async def hand_in(one: Member) -> str:
            key = f"renewal-{one.registration_number}"
            sent = [await hospital.submit_card_renewal(wish(one), key=key) for _ in "12"]
            assert sent[0]["tracking_code"] == sent[1]["tracking_code"]
            return sent[0]["tracking_code"]

        codes = [await hand_in(one) for one in people]
        handles = [RequestHandle(code) for code in codes]
        runs = [asyncio.create_task(card_renewal(code, return_state=True)) for code in codes]
        await all_stand(handles, Status.UNDER_REVIEW)

        await handles[0].decide(
            "return", officer="amal", reason_code="document_not_accepted", fields=["documents"]
        )
        returned = await hospital.read_request(codes[0])
        assert (returned["status"], returned["problems"][0]["field"]) == ("returned", "documents")
        assert returned["closes_at"] is not None
        await hospital.correct(codes[0], wish(people[0], preferred_language="ar"), key="again-001")
        await all_stand(handles, Status.UNDER_REVIEW)

        for one in handles:
            await one.decide("approve", officer="amal")
        await all_stand(handles, Status.AWAITING_PAYMENT)
        bills = [(await hospital.read_request(code))["bill"] for code in codes]
        for bill in bills:
            assert bill is not None
            number, asked = bill["number"], bill["amount"]["minor"]
            day = riyadh_day(utc_now()).isoformat()
            with pytest.raises(ApiProblem, match="short"):
                await bank.report_payment(number, asked - 100, paid_on=day)
            paid = [await bank.report_payment(number, asked, paid_on=day) for _ in "12"]
            assert paid[0]["status"] in {"paid", "awaiting_activation"}
        await all_stand(handles, Status.AWAITING_ACTIVATION)

    async with httpx.AsyncClient(
        base_url=portal, headers={"Accept-Language": "en"}, timeout=60
    ) as browser:
        assert (await sign_in_as(browser, people[0])).status_code == 303
        seen = await browser.get(f"/requests/{codes[0]}")
        looks = await browser.get("/account/looks")
    assert (seen.status_code, "returned to you for correction" in seen.text) == (200, True)
    assert "A computer system of your employer" in looks.text

    for one in handles:
        await use(await token_of(await one.look()), LinkPurpose.ACTIVATE, now=utc_now())
    assert {(await run).name for run in runs} == {"Activated"}
    expiries = [(await card_of(one.registration_number)).expires_on for one in people]
    assert min(expiries) > TODAY + timedelta(days=700)

    await webhooks_pass()
    heard = told_of(system, told.secret)
    assert set(heard) == set(codes)
    assert heard[codes[0]] == ALL_THE_WAY | {"returned"}
    assert all(heard[code] == ALL_THE_WAY for code in codes[1:])
    names = [person.registration_number for person in people]
    assert not [each for each in system.received if any(name in str(each.body) for name in names)]
