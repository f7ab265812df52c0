"""Requests computed afresh when they are approved: each stands alone, and says what it met."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from desk.requests.claims import claim
from desk.requests.document_reading import read_document
from desk.requests.review import Ruling, decide, decide_in
from desk.requests.second_look import ChangedSinceReview, NotApprovable
from models.cards import find_card
from models.database import transaction
from models.documents.uses import UploadUse
from models.practitioners import find_practitioner
from models.requests import find_request, history
from rules.card_renewal.plan import RenewalPlan
from rules.errors import MumarisError
from rules.register.card import CardStatus
from rules.requests.document_readings import DocumentRead
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Verdict
from support.cards import give_card
from support.deciding import at_gate
from support.naming import naming, ready, submission
from support.people import NOURA, register_people
from support.requests import NOW, happened, request_at_gate

LATER = NOW + timedelta(hours=1)
APPROVE = Ruling(verdict=Verdict.APPROVE, officer="amal")
TOO_OLD = DocumentRead(issuer="King Salman Hospital", issued_on=date(2026, 8, 22))


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()
    await give_card(NOURA["registration_number"], expires_on=NOW.date() + timedelta(days=30))


async def of_noura(kind: Kind) -> tuple[str, str]:
    """A request of hers at the gate, and the letter that it names."""
    letter = await ready()
    return await request_at_gate(submission(kind, naming(letter)), kind=kind), letter.id


async def changed_renewal() -> tuple[str, str]:
    """A renewal that would by now bring something else than officers were shown."""
    code, letter = await of_noura(Kind.CARD_RENEWAL)
    async with transaction() as session:
        request = await find_request(session, code, lock=True)
        plan = RenewalPlan.from_json(request.normalised).to_json()
        request.normalised = plan | {"hours_short": True}
    return code, letter


async def suspended_renewal() -> str:
    """A renewal that the rules do not let pass any more."""
    code, _ = await of_noura(Kind.CARD_RENEWAL)
    async with transaction() as session:
        person = await find_practitioner(session, NOURA["registration_number"])
        (await find_card(session, person.id, lock=True)).status = CardStatus.SUSPENDED
    return code


async def with_an_old_letter() -> str:
    """A request whose letter an officer has read as too old."""
    code, letter = await of_noura(Kind.PROFILE_UPDATE)
    await read_document(code, letter, "amal", TOO_OLD, now=NOW)
    return code


async def approved_together(*codes: str) -> dict[str, Status | MumarisError]:
    """What became of each, in one transaction."""
    async with transaction() as session:
        return await decide_in(session, dict.fromkeys(codes, APPROVE), now=NOW)


async def test_of_a_set_each_is_looked_at() -> None:
    """Whatever was found of the one before it."""
    fine, old, (changed, _) = await at_gate(), await with_an_old_letter(), await changed_renewal()

    found = await approved_together(fine, old, changed)

    assert found[fine] is Status.APPROVED
    assert isinstance(found[old], NotApprovable)
    assert isinstance(found[changed], ChangedSinceReview)


async def test_one_that_the_rules_refuse_stops_no_look_at_the_next() -> None:
    """Both are refused."""
    suspended, old = await suspended_renewal(), await with_an_old_letter()

    found = await approved_together(suspended, old)

    assert [type(found[code]) for code in (suspended, old)] == [NotApprovable] * 2


async def test_a_document_that_does_not_pass_is_named() -> None:
    """With the request and each problem, for whoever decides next."""
    code = await with_an_old_letter()

    with pytest.raises(NotApprovable, match=f"request {code} cannot be approved") as refused:
        await decide(code, APPROVE, now=NOW)

    assert refused.value.tracking_code == code
    assert [problem.field for problem in refused.value.problems] == ["documents[0].issued_on"]


async def test_what_is_shown_anew_names_its_documents_in_its_new_round() -> None:
    """From the moment of the look on."""
    code, letter = await changed_renewal()

    with pytest.raises(ChangedSinceReview):
        await decide(code, APPROVE, now=LATER)

    async with transaction() as session:
        uses = (await session.exec(select(UploadUse).order_by(col(UploadUse.round)))).all()
    assert [(use.upload_id, use.round, use.at) for use in uses] == [
        (letter, 1, NOW),
        (letter, 2, LATER),
    ]


async def test_a_claim_that_is_over_ends_before_it_is_shown_anew() -> None:
    """The history says so, at the moment of the look."""
    code, _ = await changed_renewal()
    await claim(code, "basim", now=NOW - timedelta(days=1))

    with pytest.raises(ChangedSinceReview):
        await decide(code, APPROVE, now=LATER)

    assert await happened(code) == ["claimed", "released claim_ran_out", "plan_changed"]
    async with transaction() as session:
        lines = await history(session, (await find_request(session, code)).id)
    assert [line.at for line in lines[-2:]] == [LATER, LATER]
