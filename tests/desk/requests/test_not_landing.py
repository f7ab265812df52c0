"""A decision that waited and is refused by then: nothing is decided, and the row says why."""

from datetime import timedelta
from functools import partial

import pytest

from desk.queues.taking import hold, next_request
from desk.register.cards import extend_cards
from desk.requests.at_the_gate import ReviewAlreadyDecided
from desk.requests.claims import claim
from desk.requests.landing import land, put_down, take_back
from desk.requests.second_look import ChangedSinceReview
from desk.requests.waiting import load_request
from desk.requests.withdrawal import withdraw
from models.bells import DOORBELL, listening
from models.cards import find_card
from models.database import transaction
from models.officers import Officer
from models.practitioners import find_practitioner
from models.requests import find_request, history
from rules.register.card import CardStatus
from rules.requests.events import EventName
from rules.requests.landing import Landing
from rules.requests.statuses import ActorKind, Kind, Status
from rules.values.dates import riyadh_day
from support.cards import give_card, renewal
from support.landing import APPROVE, LANDS, decisions, outcomes, status_of
from support.people import NOURA, register_people
from support.requests import NOW, happened
from support.ticks import all_ticked, ticked_at_gate

EXPIRY = NOW.date() + timedelta(days=30)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def renewal_at_gate() -> str:
    """Noura's card, which an officer decides on."""
    await give_card(NOURA["registration_number"], expires_on=EXPIRY)
    return await ticked_at_gate(renewal(NOW.date()), kind=Kind.CARD_RENEWAL)


async def withdrawn(code: str) -> None:
    await withdraw(code, now=NOW)


async def officer_left(_code: str) -> None:
    async with transaction() as session:
        (await session.get_one(Officer, "amal")).active = False


async def officer_is_the_person(code: str) -> None:
    async with transaction() as session:
        request = await find_request(session, code)
        (await session.get_one(Officer, "amal")).practitioner_id = request.practitioner_id


async def card_extended(_code: str) -> None:
    """By then the renewal that was approved would bring another period."""
    to = EXPIRY + timedelta(days=20)
    await extend_cards(first=EXPIRY, last=EXPIRY, to=to, actor="ops", now=NOW)


async def card_suspended(_code: str) -> None:
    async with transaction() as session:
        person = await find_practitioner(session, NOURA["registration_number"])
        (await find_card(session, person.id, lock=True)).status = CardStatus.SUSPENDED


MEANWHILE = {
    Landing.NOT_AT_THE_GATE: withdrawn,
    Landing.OFFICER_NOT_ACTIVE: officer_left,
    Landing.OWN_REQUEST: officer_is_the_person,
    Landing.CHANGED_SINCE_REVIEW: card_extended,
    Landing.NOT_APPROVABLE: card_suspended,
}


async def test_what_has_changed_before_is_computed_afresh_at_once() -> None:
    """And kept, as by a decision: looked at again, it is put down."""
    code = await renewal_at_gate()
    await card_extended(code)

    with pytest.raises(ChangedSinceReview):
        await put_down(code, APPROVE, now=NOW)

    assert await happened(code) == ["plan_changed"]
    await all_ticked(code, "amal")
    await put_down(code, APPROVE, now=NOW)
    assert await land(code, now=LANDS) is Landing.LANDED


@pytest.mark.parametrize("why", MEANWHILE)
async def test_what_is_refused_by_then_is_not_decided(why: Landing) -> None:
    """The row says why; the request is where anybody finds it, or withdrawn."""
    code = await renewal_at_gate()
    await claim(code, "amal", now=NOW)
    await put_down(code, APPROVE, now=NOW)
    await MEANWHILE[why](code)

    assert await land(code, now=LANDS) is why

    assert (await decisions(), await outcomes()) == ([], [why])
    assert (await happened(code))[-1] == f"decision_not_landed {why}"
    is_withdrawn = why is Landing.NOT_AT_THE_GATE
    assert await status_of(code) is (Status.WITHDRAWN if is_withdrawn else Status.UNDER_REVIEW)
    assert await next_request("basim", now=LANDS) == (None if is_withdrawn else code)


async def test_what_a_colleague_holds_by_then_is_not_decided() -> None:
    """A claim that a restored backup brought along, say; the history names whose it was."""
    code = await ticked_at_gate()
    await put_down(code, APPROVE, now=NOW)
    async with transaction() as session:
        request = await find_request(session, code, lock=True)
        request.claimed_by, request.claim_until = "basim", LANDS + timedelta(hours=1)

    assert await land(code, now=LANDS) is Landing.REFUSED

    assert (await decisions(), await outcomes()) == ([], [Landing.REFUSED])
    async with transaction() as session:
        line = (await history(session, (await find_request(session, code)).id))[-1]
    assert (line.what, line.actor_kind, line.actor) == (
        EventName.DECISION_NOT_LANDED,
        ActorKind.CLOCK,
        "amal",
    )


async def test_whoever_shows_queues_hears_of_what_leaves_them_and_comes_back() -> None:
    """The doorbell rings for each."""
    code = await renewal_at_gate()
    async with listening("test", [DOORBELL]) as bells:
        for act in (
            partial(put_down, code, APPROVE, now=NOW),
            partial(land, code, now=LANDS),
        ):
            await act()
            await anext(bells.rings())
            await card_suspended(code)


async def test_what_was_put_aside_is_not_when_its_decision_does_not_land() -> None:
    """Whoever decided has taken it up."""
    code = await renewal_at_gate()
    await hold(code, "amal", "why", riyadh_day(NOW) + timedelta(days=1), now=NOW)
    await put_down(code, APPROVE, now=NOW)
    await card_suspended(code)

    await land(code, now=LANDS)

    assert await next_request("basim", now=LANDS) == code


async def test_a_decision_is_about_the_round_that_was_shown() -> None:
    """However the request came to another one."""
    code = await renewal_at_gate()
    await put_down(code, APPROVE, now=NOW)
    async with transaction() as session:
        (await find_request(session, code, lock=True)).round += 1

    assert await land(code, now=LANDS) is Landing.CHANGED_SINCE_REVIEW


async def test_nothing_of_a_landing_that_is_refused_is_kept_but_that_it_was() -> None:
    """Not even what its checks tidied: a claim that a restored backup brought along, say."""
    code = await renewal_at_gate()
    await put_down(code, APPROVE, now=NOW)
    await card_suspended(code)
    async with transaction() as session:
        request = await find_request(session, code, lock=True)
        request.claimed_by, request.claim_until = "basim", NOW

    assert await land(code, now=LANDS) is Landing.NOT_APPROVABLE

    assert await happened(code) == ["decision_waits", "decision_not_landed not_approvable"]
    assert (await load_request(code)).claimed_by == "basim"


async def test_after_a_withdrawal_there_is_nothing_to_go_on_with() -> None:
    """Taking the decision back says so, and it ends with its time."""
    code = await ticked_at_gate()
    await put_down(code, APPROVE, now=NOW)
    await withdraw(code, now=NOW)

    with pytest.raises(ReviewAlreadyDecided):
        await take_back(code, "amal", now=NOW)

    assert await outcomes() == [None]
    assert await land(code, now=LANDS) is Landing.NOT_AT_THE_GATE
