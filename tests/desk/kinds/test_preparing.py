"""What is asked ahead for a set is what each would have asked for itself."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.registry import KINDS
from desk.policy import current_policy
from desk.requests.submission import accept
from models.database import transaction
from models.practitioners import ProfileVersion, find_practitioner
from models.requests import Request, find_request
from rules.findings.doubts import CONTACT_DISPUTED
from rules.requests.checked import Checked
from rules.requests.statuses import OF_PRACTITIONERS, Kind
from support.cards import register_holder, renewal
from support.people import contact_change, register_applicant
from support.requests import NOW
from support.statements import statements

TODAY = NOW.date()
SOON = TODAY + timedelta(days=30)
NOBODY = "99999999"


async def judged(session: AsyncSession, kind: Kind, submission: Any) -> Checked:
    """What the rules say of it at the door."""
    of = KINDS[kind]
    return await of.check(
        session,
        submission,
        await of.applicant(session, submission),
        today=TODAY,
        policy=current_policy(),
        request=None,
        now=NOW,
    )


async def wishes(kind: Kind, *, expires_on: date = SOON) -> list[Any]:
    """Three people's submissions, of whom one had a change taken back, and one has no hours."""
    people = [
        await register_holder(expires_on=expires_on),
        await register_holder(expires_on=expires_on, hours=0),
        await register_holder(expires_on=expires_on),
    ]
    await taken_back(people[0].registration_number)
    return [KINDS[kind].read(wish(kind, person.registration_number)) for person in people]


def wish(kind: Kind, number: str) -> dict[str, Any]:
    """What somebody submits."""
    typed = {"registration_number": number, "idempotency_key": f"{kind}-{number}"}
    if kind is Kind.CARD_RENEWAL:
        return renewal(TODAY, **typed)
    return contact_change(**typed)


async def taken_back(number: str) -> None:
    """A change of this person was taken back yesterday."""
    async with transaction() as session:
        person = await find_practitioner(session, number)
        undone = await accept(Kind.PROFILE_UPDATE, wish(Kind.PROFILE_UPDATE, number), now=NOW)
        session.add(
            ProfileVersion(
                practitioner_id=person.id,
                version=2,
                undoes_request_id=undone.id,
                changed_by="old_address",
                changed_at=NOW - timedelta(days=1),
                changes={},
            )
        )


@pytest.mark.parametrize("kind", sorted(OF_PRACTITIONERS))
async def test_what_is_prepared_asks_nothing_more(database: str, kind: Kind) -> None:
    """And is judged as one by one, doubts and missing hours included."""
    submissions = await wishes(kind)
    alone = []
    for each in submissions:
        async with transaction() as session:
            alone.append(await judged(session, kind, each))

    async with transaction() as session:
        await KINDS[kind].prepare(session, submissions)
        with statements() as said:
            together = [await judged(session, kind, each) for each in submissions]

    assert said == []
    assert together == alone
    assert len({str(each) for each in alone}) > 1


@pytest.mark.parametrize("kind", sorted(OF_PRACTITIONERS))
async def test_accepted_requests_are_prepared_too(database: str, kind: Kind) -> None:
    """Whoever validates them has their rows, and no submission in hand."""
    numbers = [(await register_holder(expires_on=SOON)).registration_number for _ in range(3)]
    codes = [(await accept(kind, wish(kind, each), now=NOW)).tracking_code for each in numbers]

    async with transaction() as session:
        requests = [await find_request(session, code) for code in codes]
        await KINDS[kind].prepare_requests(session, requests)
        with statements() as said:
            checked = [await checked_again(session, each) for each in requests]

    assert said == []
    assert [each.problems for each in checked] == [(), (), ()]


async def checked_again(session: AsyncSession, request: Request) -> Checked:
    """What the rules say of it once it is accepted."""
    of = KINDS[Kind(request.kind)]
    return await of.check(
        session,
        of.submitted(request),
        await of.applicant_of(session, request),
        today=TODAY,
        policy=current_policy(),
        request=request,
        now=NOW,
    )


async def test_preparing_costs_the_same_for_one_and_for_many(database: str) -> None:
    """Who is unknown, or has typed no number, costs nothing and stands in nobody's way."""
    people = [(await register_applicant()).registration_number for _ in range(20)]
    typed = [*people, NOBODY, "no number"]
    kind = KINDS[Kind.PROFILE_UPDATE]
    submissions = [kind.read(wish(Kind.PROFILE_UPDATE, number)) for number in typed]
    costs = []

    for some in (submissions[:1], submissions):
        async with transaction() as session:
            with statements() as said:
                await kind.prepare(session, some)
        costs.append(len(said))

    assert costs == [1, 1]


async def test_a_change_that_was_taken_back_is_seen_ahead(database: str) -> None:
    """The doubt is the person's own: nobody else in the set has it."""
    submissions = await wishes(Kind.PROFILE_UPDATE)

    async with transaction() as session:
        await KINDS[Kind.PROFILE_UPDATE].prepare(session, submissions)
        checked = [await judged(session, Kind.PROFILE_UPDATE, each) for each in submissions]

    found = [[one["code"] for one in each.normalised["warnings"]] for each in checked]
    assert found == [[CONTACT_DISPUTED], [], []]
