"""The activation link."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select

from desk.requests.activation import NothingToResend, ResentTooOften, look, resend, use
from desk.requests.link_views import LinkState
from desk.requests.waiting import load_request
from models.database import transaction
from models.letters import Letter
from models.links import LinkPurpose
from models.practitioners import Practitioner, ProfileVersion
from rules.requests.statuses import Status
from support.people import NOURA, contact_change, register_people
from support.requests import NOW, request_awaiting_activation, token_of

NEW_ADDRESS = {"changes": {"email": "noura.new@example.com"}}


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def noura() -> Practitioner:
    async with transaction() as session:
        query = select(Practitioner).where(
            col(Practitioner.registration_number) == NOURA["registration_number"]
        )
        return (await session.exec(query)).one()


async def test_using_the_link_brings_the_change_into_force() -> None:
    """The row, its version and the status change together."""
    code, token = await request_awaiting_activation(contact_change())

    view = await use(token, LinkPurpose.ACTIVATE, now=NOW)

    practitioner = await noura()
    assert view.state is LinkState.USED
    assert (practitioner.mobile, practitioner.version) == ("+966551112233", 2)
    assert (await load_request(code)).status == Status.ACTIVATED


async def test_looking_at_the_link_changes_nothing() -> None:
    """Mail scanners open links."""
    code, token = await request_awaiting_activation(contact_change())

    view = await look(token, now=NOW)

    assert view.state is LinkState.USABLE
    assert (await load_request(code)).status == Status.AWAITING_ACTIVATION


async def test_twenty_uses_at_once_are_one_activation() -> None:
    """Everyone gets the same friendly answer; there is one version."""
    _, token = await request_awaiting_activation(contact_change())

    views = await asyncio.gather(*(use(token, LinkPurpose.ACTIVATE, now=NOW) for _ in range(20)))

    assert {view.state for view in views} == {LinkState.USED}
    async with transaction() as session:
        assert len((await session.exec(select(ProfileVersion))).all()) == 1


async def test_an_expired_link_offers_a_new_one() -> None:
    """The request is still open, so a new link can be had."""
    _, token = await request_awaiting_activation(contact_change())

    view = await use(token, LinkPurpose.ACTIVATE, now=NOW + timedelta(days=4))

    assert (view.state, view.can_resend) == (LinkState.EXPIRED, True)


async def test_a_new_link_supersedes_the_old_one() -> None:
    """The old letter's link says so; the new letter's link works."""
    code, old = await request_awaiting_activation(contact_change())

    await resend(code, now=NOW)

    new = await token_of(await load_request(code))
    assert (await look(old, now=NOW)).state is LinkState.SUPERSEDED
    assert (await look(new, now=NOW)).state is LinkState.USABLE


async def test_new_links_are_limited_by_the_hour() -> None:
    """The refusal says when one can be asked for again."""
    code, _ = await request_awaiting_activation(contact_change())
    for _ in range(3):
        await resend(code, now=NOW)

    with pytest.raises(ResentTooOften) as refused:
        await resend(code, now=NOW)

    assert refused.value.again_at == NOW + timedelta(hours=1)


async def test_the_link_goes_to_the_new_address_and_a_stop_link_to_the_old() -> None:
    """Whoever reads the old mailbox can stop a change they did not ask for."""
    code, _ = await request_awaiting_activation(contact_change(**NEW_ADDRESS))

    async with transaction() as session:
        query = select(Letter.letter, Letter.to_address).where(col(Letter.link_id).is_not(None))
        letters = dict((await session.exec(query)).all())
    stop = await token_of(await load_request(code), LinkPurpose.STOP)
    stopped = await use(stop, LinkPurpose.STOP, now=NOW)

    assert letters == {
        "activation": "noura.new@example.com",
        "old_address_notice": NOURA["email"],
    }
    assert stopped.state is LinkState.USED
    assert (await load_request(code)).status == Status.WITHDRAWN


async def test_a_stopped_request_cannot_be_activated() -> None:
    """The link in the new mailbox is closed."""
    code, token = await request_awaiting_activation(contact_change(**NEW_ADDRESS))
    stop = await token_of(await load_request(code), LinkPurpose.STOP)
    await use(stop, LinkPurpose.STOP, now=NOW)

    view = await use(token, LinkPurpose.ACTIVATE, now=NOW)

    assert view.state is LinkState.CLOSED
    with pytest.raises(NothingToResend):
        await resend(code, now=NOW)


@pytest.mark.parametrize("token", ["", "x", "é\x00", "a" * 10_000, "\ud800"])
async def test_an_unknown_token_opens_nothing(token: str) -> None:
    """Whatever is typed, the answer is the same."""
    assert (await look(token, now=NOW)).state is LinkState.UNKNOWN
