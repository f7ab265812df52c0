"""Requests that are given to another officer: each by itself, and what came of it."""

from datetime import timedelta

import pytest

from desk.cases.case import read_case
from desk.looks import Looker
from desk.officers import OwnRequest
from desk.queues.taking import hold
from desk.requests.absences import officers_here, say_away
from desk.requests.at_the_gate import (
    ClaimedByAnother,
    DecisionWaits,
    OfficerAway,
    ReviewAlreadyDecided,
)
from desk.requests.claims import assign, claim
from desk.requests.handing_over import HandedOn, assign_all, hand_over
from desk.requests.landing import put_down
from desk.requests.reasons import ReasonNotSaid
from desk.requests.review import AlreadyApprovedByOfficer, Ruling, decide
from desk.requests.waiting import load_request
from models.database import transaction
from models.officers import Officer, OfficerUnknown
from models.requests import RequestUnknown, find_request, history
from rules.requests.absences import DaysAway
from rules.requests.statuses import ActorKind
from rules.requests.verdicts import Verdict
from rules.values.dates import riyadh_day
from support.people import register_applicant, register_people, specialty_change
from support.requests import NOW, happened, request_at_gate

TODAY = riyadh_day(NOW)
DAY = timedelta(days=1)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def at_gate() -> str:
    """A request of somebody whom no other test knows."""
    number = (await register_applicant()).registration_number
    return await request_at_gate(
        specialty_change(NOW.date(), registration_number=number, idempotency_key=number)
    )


async def for_two(code: str) -> None:
    """Two officers have to approve it."""
    async with transaction() as session:
        (await find_request(session, code, lock=True)).approvals_needed = 2


def approve(officer: str) -> Ruling:
    """The officer's approval."""
    return Ruling(verdict=Verdict.APPROVE, officer=officer)


async def told(code: str) -> tuple[HandedOn, ...]:
    """What the case says of who was given it."""
    return (await read_case(code, by=Looker.officer("amal"), now=LATER)).handed_on


async def test_each_is_given_by_itself_and_says_what_came_of_it() -> None:
    """What is refused keeps nothing else back, wherever it stands in the row."""
    free, held, aside = await at_gate(), await at_gate(), await at_gate()
    approved, decided, waits, own = [await at_gate() for _ in range(4)]
    await claim(held, "amal", now=NOW)
    await hold(aside, "amal", "asked HR", TODAY + DAY, now=NOW)
    await for_two(approved)
    await decide(approved, approve("basim"), now=NOW)
    await decide(decided, approve("amal"), now=NOW)
    await put_down(waits, approve("amal"), now=NOW)
    async with transaction() as session:
        owner = (await find_request(session, own)).practitioner_id
        (await session.get_one(Officer, "basim")).practitioner_id = owner
    codes = [own, free, approved, held, decided, aside, waits, "K7Q2-M9XD"]

    given = await assign_all(codes, "basim", by="rahul", why="Amal is ill", now=LATER)

    assert [(one.tracking_code, type(one.refused)) for one in given] == [
        (own, OwnRequest),
        (free, type(None)),
        (approved, AlreadyApprovedByOfficer),
        (held, type(None)),
        (decided, ReviewAlreadyDecided),
        (aside, type(None)),
        (waits, DecisionWaits),
        ("K7Q2-M9XD", RequestUnknown),
    ]
    has_it = {code: (await load_request(code)).claimed_by for code in codes[:-1]}
    assert has_it == dict.fromkeys(codes[:-1]) | dict.fromkeys((free, held, aside), "basim")


async def test_the_case_says_who_gave_it_to_whom_and_why() -> None:
    """And who had it before; sent again, nothing is said twice."""
    code = await at_gate()
    await claim(code, "amal", now=NOW)

    for _ in range(2):
        await assign_all([code], "basim", by="rahul", why=" Amal is ill ", now=LATER)

    assert await told(code) == (HandedOn(LATER, "amal", "basim", "rahul", "Amal is ill"),)
    assert await happened(code) == ["claimed", "assigned"]


async def test_without_a_reason_nothing_is_given() -> None:
    """Only the command may leave it out."""
    code = await at_gate()

    with pytest.raises(ReasonNotSaid):
        await assign_all([code], "basim", by="rahul", why="  ", now=NOW)
    assert (await load_request(code)).claimed_by is None

    await assign_all([code], "basim", by="rahul", why=None, now=NOW)
    assert [one.why for one in await told(code)] == [None]


async def test_to_somebody_who_is_away_or_has_left_nothing_is_given() -> None:
    """Each line says so; those who are away stand in no list to choose from."""
    code = await at_gate()
    await say_away("basim", DaysAway(TODAY, TODAY), by="basim", now=NOW)

    [away] = await assign_all([code], "basim", by="rahul", why="why", now=NOW)
    [left] = await assign_all([code], "retired", by="rahul", why="why", now=NOW)

    assert isinstance(away.refused, OfficerAway)
    assert isinstance(left.refused, OfficerUnknown)
    assert (await load_request(code)).claimed_by is None
    assert await officers_here(now=NOW) == ("amal", "rahul")


async def test_an_officer_hands_over_what_they_have_in_hand() -> None:
    """The history says that an officer did it."""
    code = await at_gate()
    await claim(code, "amal", now=NOW)

    await hand_over(code, "basim", by="amal", why="needs a pharmacist", now=LATER)

    request = await load_request(code)
    async with transaction() as session:
        last = (await history(session, request.id))[-1]
    assert request.claimed_by == "basim"
    assert (last.actor_kind, last.actor) == (ActorKind.OFFICER, "basim")
    assert await told(code) == (HandedOn(LATER, "amal", "basim", "amal", "needs a pharmacist"),)


async def test_what_a_colleague_has_is_not_handed_over() -> None:
    """Not even to oneself: a supervisor may."""
    code = await at_gate()
    await claim(code, "basim", now=NOW)

    with pytest.raises(ClaimedByAnother):
        await hand_over(code, "amal", by="amal", why="why", now=LATER)

    assert (await load_request(code)).claimed_by == "basim"


async def test_nobody_is_handed_what_they_may_not_decide() -> None:
    """Their own request, and one that they have approved already."""
    code = await at_gate()
    await for_two(code)
    await decide(code, approve("basim"), now=NOW)
    await claim(code, "amal", now=NOW)
    async with transaction() as session:
        owner = (await find_request(session, code)).practitioner_id
        (await session.get_one(Officer, "rahul")).practitioner_id = owner

    for officer, refusal in (("basim", AlreadyApprovedByOfficer), ("rahul", OwnRequest)):
        with pytest.raises(refusal):
            await hand_over(code, officer, by="amal", why="why", now=LATER)
        with pytest.raises(refusal):
            await assign(code, officer, by="amal", now=LATER)

    assert (await load_request(code)).claimed_by == "amal"
