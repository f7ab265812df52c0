"""A machine hears of what it sees, as things stand when the webhook leaves."""

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, func, select, update

from desk.accounts.machine_keys import whose_key
from desk.accounts.machines import MachineRevoked, revoke_machine
from desk.clock import utc_now
from desk.machines.handing_in import hand_in
from desk.machines.webhooks import HearsOfNothing, subscribe, unsubscribe
from desk.requests.submission import accept
from models.database import transaction
from models.door import APPLICANT, change_status
from models.machines import MachineUnknown
from models.practitioners import Practitioner
from models.requests import find_request
from models.webhooks import SubscriptionUnknown, Webhook, WebhookSecret, WebhookSubscription
from rules.accounts.machines import MachineKind
from rules.requests.statuses import Kind, Status
from rules.webhooks.events import EventUnknown
from rules.webhooks.receivers import ReceiverRefused
from support.api import wish
from support.machines import EMPLOYER, key_of
from support.newcomers import known_officially, registration
from support.people import NOURA, RAHUL
from support.receiver import WebhookReceiver, subscribed, webhooks_may_come_here
from support.requests import rejected, request_at_gate
from tasks.steps.validation import validate
from tasks.webhooks.passes import deliver_webhooks

OTHER = "Prince Sultan Clinic"


async def moves_to(employer: str, person: dict[str, Any] = NOURA) -> None:
    """The person's employer on file is another one from now on."""
    number = person["registration_number"]
    async with transaction() as session:
        await session.exec(
            update(Practitioner)
            .where(col(Practitioner.registration_number) == number)
            .values(employer=employer)
        )


async def told_of() -> list[tuple[str, str | None]]:
    """How each webhook stands, and why."""
    async with transaction() as session:
        found = (await session.exec(select(Webhook).order_by(col(Webhook.event_id)))).all()
    return [(one.status, one.reply) for one in found]


async def test_an_employer_hears_nothing_of_another_s_people(receiver: WebhookReceiver) -> None:
    """No row is written for it: nobody can let it out by mistake."""
    await subscribed(receiver.url())
    await moves_to(OTHER)
    await request_at_gate(now=utc_now())

    await deliver_webhooks(now=utc_now())

    assert (receiver.received, await told_of()) == ([], [])


async def test_a_system_of_the_house_hears_of_everybody(receiver: WebhookReceiver) -> None:
    """As it sees everybody."""
    await key_of("app", MachineKind.HOUSE)
    await subscribed(receiver.url(), "submitted", machine="app")
    await moves_to(OTHER)
    await request_at_gate(now=utc_now())

    await deliver_webhooks(now=utc_now())

    assert receiver.told == ["submitted"]


async def test_who_has_left_is_heard_of_no_more(receiver: WebhookReceiver) -> None:
    """Asked again when it leaves, and not only when it was written."""
    await subscribed(receiver.url(), "submitted")
    await request_at_gate(now=utc_now())
    await moves_to(OTHER)

    await deliver_webhooks(now=utc_now())

    assert receiver.received == []
    assert await told_of() == [("skipped", "its machine does not see the request")]


async def test_a_revoked_machine_hears_nothing(receiver: WebhookReceiver) -> None:
    """Of what was written before, or comes afterwards."""
    await subscribed(receiver.url(), "submitted", "under_review")
    await request_at_gate(now=utc_now())
    await revoke_machine("hospital", by="ops", now=utc_now())

    await deliver_webhooks(now=utc_now())

    assert (receiver.received, [status for status, _ in await told_of()]) == ([], ["skipped"] * 2)


async def test_an_employer_may_hear_of_what_it_handed_in_alone(
    receiver: WebhookReceiver, tmp_path: Path
) -> None:
    """Where policy says so: Noura's own request is hers, the one of Rahul its system sent."""
    key = await key_of("clinic", now=utc_now())
    await subscribed(receiver.url(), "submitted", machine="clinic")
    with webhooks_may_come_here(tmp_path):
        await request_at_gate(now=utc_now())
        calling = await whose_key(key, for_what="test", now=utc_now())
        theirs = wish(registration_number=RAHUL["registration_number"])
        sent = await hand_in(calling, Kind.PROFILE_UPDATE, theirs, key="key-00001", now=utc_now())
        await deliver_webhooks(now=utc_now())

    subjects = [each.event["subject"] for each in receiver.received]
    assert subjects == [sent.tracked.request.tracking_code]
    assert [status for status, _ in await told_of()] == ["skipped", "sent"]


@pytest.mark.parametrize(("employer", "told"), [(EMPLOYER, ["rejected", "submitted"]), (OTHER, [])])
async def test_an_employer_hears_of_who_registers_for_it(
    receiver: WebhookReceiver, employer: str, told: list[str]
) -> None:
    """From the beginning: who is not on file yet has the employer that was typed."""
    await subscribed(receiver.url(), "submitted", "rejected")
    await known_officially()
    made = await accept(
        Kind.REGISTRATION, registration(profile={"employer": employer}), now=utc_now()
    )
    await validate.task.fn(made.tracking_code)
    await rejected(made.tracking_code, utc_now())

    await deliver_webhooks(now=utc_now())

    assert sorted(receiver.told) == told


async def test_a_payment_gateway_is_told_of_nothing(receiver: WebhookReceiver) -> None:
    """It sees no request."""
    await key_of("gateway", MachineKind.PAYMENTS)

    with pytest.raises(HearsOfNothing):
        await subscribed(receiver.url(), machine="gateway")


@pytest.mark.parametrize(
    ("machine", "url", "event", "error"),
    [
        ("nobody", "https://hr.example.org/", "activated", MachineUnknown),
        ("hospital", "ftp://hr.example.org/", "activated", ReceiverRefused),
        ("hospital", "https://10.0.0.1/", "activated", ReceiverRefused),
        ("hospital", "https://hr.example.org/", "claimed", EventUnknown),
    ],
)
async def test_what_cannot_be_told_is_refused(
    receiver: WebhookReceiver, machine: str, url: str, event: str, error: type[Exception]
) -> None:
    """And nothing of it is kept."""
    with pytest.raises(error):
        await subscribe(machine, url, [event], by="ops", now=utc_now())

    async with transaction() as session:
        kept = (await session.exec(select(func.count()).select_from(WebhookSubscription))).one()
    assert kept == 0


async def test_a_revoked_machine_is_not_subscribed(receiver: WebhookReceiver) -> None:
    """It is over for ever."""
    await revoke_machine("hospital", by="ops", now=utc_now())

    with pytest.raises(MachineRevoked):
        await subscribed(receiver.url())


async def test_a_removed_subscription_leaves_nothing(receiver: WebhookReceiver) -> None:
    """No secret, no webhook; and it is not there a second time."""
    made = await subscribed(receiver.url())
    await request_at_gate(now=utc_now())

    await unsubscribe(made.subscription_id)

    assert await deliver_webhooks(now=utc_now()) == 0
    with pytest.raises(SubscriptionUnknown):
        await unsubscribe(made.subscription_id)
    async with transaction() as session:
        secrets = (await session.exec(select(WebhookSecret))).all()
    assert (secrets, await told_of()) == ([], [])


async def test_a_change_that_is_taken_back_is_told_nobody(receiver: WebhookReceiver) -> None:
    """The row is written with the change, and goes with it."""
    await subscribed(receiver.url())
    code = await request_at_gate(now=utc_now())
    before = len(await told_of())

    with pytest.raises(ZeroDivisionError):
        await withdrawn_and_rolled_back(code)

    assert len(await told_of()) == before


async def withdrawn_and_rolled_back(code: str) -> None:
    """A change within a transaction that breaks."""
    async with transaction() as session:
        request = await find_request(session, code, lock=True)
        await change_status(session, request, Status.WITHDRAWN, by=APPLICANT, now=utc_now())
        raise ZeroDivisionError


async def test_a_secret_is_wrapped_in_the_database(receiver: WebhookReceiver) -> None:
    """Whoever reads the table can sign nothing."""
    made = await subscribed(receiver.url())

    async with transaction() as session:
        kept = (await session.exec(select(WebhookSecret.secret))).one()

    assert kept.startswith("1:")
    assert made.secret.removeprefix("whsec_") not in kept
