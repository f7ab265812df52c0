"""Taking a request back: who may, until when, and what goes with it."""

import pytest
from sqlmodel import col, select

from desk.requests.claims import claim
from desk.requests.waiting import load_request
from desk.requests.withdrawal import WithdrawalTooLate, withdraw
from models.database import transaction
from models.door import APPLICANT, OPERATIONS, Actor
from models.letters import Letter
from models.links import LinkPurpose, newest_link
from models.requests import find_request, history
from rules.requests.events import EventName
from rules.requests.letter_status import LetterStatus
from rules.requests.statuses import ActorKind, Status
from support.people import NOURA, contact_change, register_people
from support.requests import NOW, request_at_gate, request_awaiting_activation


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def letters_of(code: str) -> list[Letter]:
    async with transaction() as session:
        request = await find_request(session, code)
        query = select(Letter).where(col(Letter.request_id) == request.id)
        return list((await session.exec(query)).all())


async def told(code: str) -> list[tuple[EventName, ActorKind]]:
    async with transaction() as session:
        events = await history(session, (await find_request(session, code)).id)
        return [(line.what, line.actor_kind) for line in events]


@pytest.mark.parametrize("by", [APPLICANT, OPERATIONS], ids=lambda actor: actor.kind.value)
async def test_a_request_at_the_gate_is_taken_back(by: Actor) -> None:
    """Its officer's claim goes, the line says who did it, and one e-mail tells the applicant."""
    code = await request_at_gate()
    await claim(code, "amal", now=NOW)

    await withdraw(code, by=by, now=NOW)

    request = await load_request(code)
    assert (request.status, request.status_since) == (Status.WITHDRAWN, NOW)
    assert (request.claimed_by, request.claimed_at) == (None, None)
    assert (await told(code))[-1] == (EventName.WITHDRAWN, by.kind)
    (letter,) = [each for each in await letters_of(code) if each.letter == "withdrawn"]
    assert (letter.to_address, letter.created_at) == (NOURA["email"], NOW)
    assert letter.facts["withdrawn_on"] == "2026-11-23"
    assert letter.facts["withdrawn_by"] == by.kind


async def test_what_is_withdrawn_is_not_withdrawn_again() -> None:
    """The second time changes nothing, whoever asks."""
    code = await request_at_gate()
    await withdraw(code, now=NOW)
    before = await told(code)

    await withdraw(code, by=OPERATIONS, now=NOW)

    assert await told(code) == before
    assert [each.letter for each in await letters_of(code)].count("withdrawn") == 1


async def test_the_applicant_comes_too_late_after_the_approval() -> None:
    """What is approved only operations take back; the refusal says where the request stands."""
    code, _ = await request_awaiting_activation(contact_change())

    with pytest.raises(WithdrawalTooLate) as late:
        await withdraw(code, now=NOW)

    assert (late.value.tracking_code, late.value.status) == (code, Status.AWAITING_ACTIVATION)
    assert str(late.value).endswith(
        f"{code} cannot be withdrawn any more: it is awaiting_activation"
    )
    assert (await load_request(code)).status == Status.AWAITING_ACTIVATION


async def test_the_links_and_their_e_mails_go_with_the_request() -> None:
    """The link opens nothing any more, and an e-mail that still waits with it is not sent."""
    code, _ = await request_awaiting_activation(contact_change(changes={"email": "n@example.org"}))

    await withdraw(code, by=OPERATIONS, now=NOW)

    async with transaction() as session:
        request = await find_request(session, code)
        links = [await newest_link(session, request.id, purpose) for purpose in LinkPurpose]
    assert [link.superseded_at for link in links if link] == [NOW, NOW]
    waiting = {each.letter: each for each in await letters_of(code) if each.link_id}
    assert set(waiting) == {"activation", "old_address_notice"}
    assert {each.status for each in waiting.values()} == {LetterStatus.SKIPPED}
    assert {each.settled_at for each in waiting.values()} == {NOW}
    assert {each.not_sent_reason for each in waiting.values()} == {"the request is withdrawn"}


async def test_a_link_that_was_superseded_keeps_its_day() -> None:
    """Withdrawing later does not rewrite when it was replaced."""
    code, _ = await request_awaiting_activation(contact_change())
    async with transaction() as session:
        request = await find_request(session, code)
        link = await newest_link(session, request.id, LinkPurpose.ACTIVATE)
        assert link is not None
        link.superseded_at = request.submitted_at.replace(year=2025)

    await withdraw(code, by=OPERATIONS, now=NOW)

    async with transaction() as session:
        again = await newest_link(session, request.id, LinkPurpose.ACTIVATE)
    assert again is not None
    assert again.superseded_at == link.superseded_at
