"""A changed e-mail address: held, stopped, and taken back."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from desk.requests.activation import NothingToResend, look, resend, use
from desk.requests.link_views import LinkState
from desk.requests.waiting import load_request
from models.database import transaction
from models.letters import Letter
from models.links import LinkPurpose
from models.practitioners import Practitioner, ProfileVersion
from models.requests import history
from rules.requests.statuses import Status
from support.people import NOURA, contact_change, register_people
from support.policies import policy_with
from support.requests import NOW, request_at_gate, request_awaiting_activation, token_of
from tasks.deadlines import act_on_deadlines

NEW = {"email": "noura.new@example.com", "mobile": "0551112233"}
STOP = LinkPurpose.STOP
HELD = ("hold_email_change_hours = 0 ", "hold_email_change_hours = 24 ")


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


def wish(key: str = "first", **changes: str) -> dict[str, Any]:
    """A change of contact details."""
    return contact_change(changes=changes or NEW, idempotency_key=f"undo-{key}")


async def noura() -> Practitioner:
    async with transaction() as session:
        query = select(Practitioner).where(
            col(Practitioner.registration_number) == NOURA["registration_number"]
        )
        return (await session.exec(query)).one()


async def letters(code: str, letter: str) -> set[str]:
    """Where this letter about the request went."""
    request = await load_request(code)
    async with transaction() as session:
        query = select(Letter.to_address).where(
            col(Letter.request_id) == request.id, col(Letter.letter) == letter
        )
        return set((await session.exec(query)).all())


async def activated(submission: dict[str, Any] | None = None) -> tuple[str, str]:
    """A change in force: its code, and a token of its stop link."""
    code, token = await request_awaiting_activation(submission or wish())
    stop = await token_of(await load_request(code), STOP)
    await use(token, LinkPurpose.ACTIVATE, now=NOW)
    return code, stop


async def test_the_address_before_takes_the_contact_details_back() -> None:
    """The row, a version that says so, a line of history, and an e-mail to both addresses."""
    code, stop = await activated()

    view = await use(stop, STOP, now=NOW + timedelta(days=6))

    person = await noura()
    request = await load_request(code)
    async with transaction() as session:
        query = select(ProfileVersion).order_by(col(ProfileVersion.version))
        versions = (await session.exec(query)).all()
        events = [event.what for event in await history(session, request.id)]
    assert view.state is LinkState.UNDONE
    assert (person.email, person.mobile, person.version) == (NOURA["email"], NOURA["mobile"], 3)
    assert (versions[-1].undoes_request_id, versions[-1].changed_by) == (request.id, "old_address")
    assert versions[-1].changes["email"] == {"from": NEW["email"], "to": NOURA["email"]}
    assert (request.status, events[-1]) == (Status.ACTIVATED, "undone")
    assert await letters(code, "undone") == {NOURA["email"], NEW["email"]}


async def test_ten_presses_at_once_take_it_back_once() -> None:
    """Everyone gets the same answer."""
    _, stop = await activated()

    views = await asyncio.gather(*(use(stop, STOP, now=NOW) for _ in range(10)))

    assert {view.state for view in views} == {LinkState.UNDONE}
    assert (await noura()).version == 3


async def test_a_second_change_by_whoever_took_the_address_over_is_taken_back_too() -> None:
    """The notice of the second went to the first new address, and not to the one before."""
    _, stop = await activated()
    await activated(wish("second", email="noura.third@example.com"))

    await use(stop, STOP, now=NOW)

    assert (await noura()).email == NOURA["email"]


async def test_what_waits_for_a_link_gets_a_new_one_at_the_restored_address() -> None:
    """The one in the disputed mailbox works no more."""
    _, stop = await activated()
    code, there = await request_awaiting_activation(wish("second", address="7 Lane, Riyadh"))

    await use(stop, STOP, now=NOW)

    assert (await look(there, now=NOW)).state is LinkState.SUPERSEDED
    assert NOURA["email"] in await letters(code, "activation")


async def test_afterwards_an_officer_decides_on_contact_details() -> None:
    """Neither of the two mailboxes is believed alone; other changes are as before."""
    _, stop = await activated()
    await use(stop, STOP, now=NOW)

    code = await request_at_gate(wish("again", email="noura.new@example.com"))

    request = await load_request(code)
    assert request.status == Status.UNDER_REVIEW
    assert "contact_disputed" in str(request.normalised["warnings"])


async def test_after_the_days_of_policy_nothing_is_taken_back() -> None:
    """The link says that it is too late."""
    _, stop = await activated()

    view = await use(stop, STOP, now=NOW + timedelta(days=7))

    assert view.state is LinkState.CLOSED
    assert (await noura()).email == NEW["email"]


async def test_policy_may_take_nothing_back(tmp_path: Path) -> None:
    """0 days."""
    with policy_with(tmp_path, ("undo_email_change_days = 7 ", "undo_email_change_days = 0 ")):
        _, stop = await activated()

        assert (await look(stop, now=NOW)).state is LinkState.CLOSED


async def test_policy_holds_a_change_until_the_address_on_file_had_its_time(
    tmp_path: Path,
) -> None:
    """The press is kept; nothing more is asked, and no reminder or expiry comes in between."""
    with policy_with(tmp_path, HELD):
        code, token = await request_awaiting_activation(wish())

        view = await use(token, LinkPurpose.ACTIVATE, now=NOW)
        again = await use(token, LinkPurpose.ACTIVATE, now=NOW + timedelta(hours=1))
        await act_on_deadlines(now=NOW + timedelta(hours=23))
        before = (await noura()).email
        await act_on_deadlines(now=NOW + timedelta(hours=24))

    assert (view.state, view.held_until) == (LinkState.HELD, NOW + timedelta(hours=24))
    assert again.state is LinkState.HELD
    assert (before, (await noura()).email) == (NOURA["email"], NEW["email"])
    assert (await load_request(code)).status == Status.ACTIVATED
    assert await letters(code, "link_expired") == set()


async def test_a_held_change_can_be_stopped(tmp_path: Path) -> None:
    """Nothing comes into force, and the clock does not bring it back."""
    with policy_with(tmp_path, HELD):
        code, token = await request_awaiting_activation(wish())
        stop = await token_of(await load_request(code), STOP)
        await use(token, LinkPurpose.ACTIVATE, now=NOW)

        await use(stop, STOP, now=NOW)
        await act_on_deadlines(now=NOW + timedelta(days=2))

    assert (await load_request(code)).status == Status.WITHDRAWN
    assert (await noura()).email == NOURA["email"]


async def test_a_held_change_asks_for_no_new_link(tmp_path: Path) -> None:
    """It was pressed already."""
    with policy_with(tmp_path, HELD):
        code, token = await request_awaiting_activation(wish())
        await use(token, LinkPurpose.ACTIVATE, now=NOW)

        with pytest.raises(NothingToResend):
            await resend(code, now=NOW)


async def test_what_keeps_the_address_is_not_held(tmp_path: Path) -> None:
    """Only a change of the address itself takes the means of objecting away."""
    with policy_with(tmp_path, HELD):
        code, token = await request_awaiting_activation(wish(mobile="0551112233"))

        await use(token, LinkPurpose.ACTIVATE, now=NOW)

    assert (await load_request(code)).status == Status.ACTIVATED
