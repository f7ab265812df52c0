"""A request of somebody who is not on the register yet, as a kind of theirs would be carried."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.applicant import Applicant
from desk.kinds.in_force import InForce
from desk.kinds.kind import KindOfRequest
from desk.kinds.registry import KINDS
from desk.kinds.shown_changes import ShownChange
from desk.requests import activation, claims, review
from desk.requests.submission import accept, resubmit
from desk.requests.waiting import load_request
from models.database import transaction
from models.identity_claims import doubts_about_identity
from models.letters import Letter
from models.links import LinkPurpose
from models.practitioners import find_practitioner
from models.requests import Request
from models.statements import execute
from rules.findings.problems import Problem
from rules.policy.terms import Terms
from rules.profile_update.submission import ProfileUpdateSubmission
from rules.register.fields import Field
from rules.requests.checked import Checked
from rules.requests.correctable import Correctable
from rules.requests.documents import DocumentOnRequest
from rules.requests.proposed import Proposed
from rules.requests.review import ReviewNeed
from rules.requests.statuses import OF_PRACTITIONERS, Kind, Status
from rules.requests.verdicts import Verdict
from rules.values.money import Money
from support.looking import looked_at
from support.people import NOURA, contact_change, register_people
from support.requests import NOW, awaiting_activation, token_of
from tasks.steps.validation import validate

NEWCOMER = Applicant(
    practitioner_id=None,
    registration_number=None,
    name_ar="ليلى الحربي",
    name_en="Layla Alharbi",
    email="layla@example.org",
    preferred_language="en",
)
NUMBER = "1098765432"


class Newcomers(KindOfRequest[ProfileUpdateSubmission]):
    """The least of such a kind, under the name of one that there is."""

    async def applicant(self, *_: Any) -> Applicant:
        """Somebody of whom the submission says all."""
        return NEWCOMER

    async def applicant_of(self, *_: Any) -> Applicant:
        """The same."""
        return NEWCOMER

    async def prepare(self, *_: Any) -> None:
        """Nothing is asked."""

    async def prepare_requests(self, *_: Any) -> None:
        """The same."""

    async def check(
        self,
        _session: AsyncSession,
        _submission: ProfileUpdateSubmission,
        applicant: Applicant,
        **_: Any,
    ) -> Checked:
        """Right as it is, for one officer to look at."""
        assert applicant.practitioner_id is None
        asked = {"changes": {"identity_number": NUMBER}, "warnings": []}
        return Checked(problems=(), normalised=asked, review=ReviewNeed(1, ()), identity=None)

    async def write_to_others(self, *_: Any, **__: Any) -> None:
        """To nobody."""

    async def changed_since_review(self, *_: Any, **__: Any) -> Checked | None:
        """Never."""
        return None

    def wants_alone(self, _request: Request) -> str | None:
        """Nothing."""
        return None

    def documents(self, _request: Request) -> tuple[DocumentOnRequest, ...]:
        """None."""
        return ()

    async def check_documents(self, *_: Any, **__: Any) -> tuple[Problem, ...]:
        """Nothing."""
        return ()

    async def terms(self, *_: Any, **__: Any) -> Terms:
        """Policy asks for nothing."""
        return {}

    def amount_due(self, _request: Request) -> Money | None:
        """Nothing."""
        return Money(0, "SAR")

    async def proposed(self, *_: Any) -> Proposed:
        """Nothing that an officer of this test reads."""
        return Proposed()

    def changed_fields(self, _request: Request) -> tuple[Field, ...]:
        """Nothing is on file that could change."""
        return ()

    def correctable(self, _request: Request) -> frozenset[Correctable]:
        """Its documents."""
        return frozenset({Correctable("documents")})

    async def shown_changes(self, *_: Any) -> tuple[ShownChange, ...]:
        """As above."""
        return ()

    def wanted_email(self, _request: Request, applicant: Applicant) -> str:
        """The one that it gives."""
        return applicant.email

    async def hindrance(self, *_: Any) -> str | None:
        """None."""
        return None

    async def bring_into_force(self, *_: Any, **__: Any) -> InForce:
        """Nothing: this one is for tests."""
        return InForce()

    async def in_force(self, _session: AsyncSession, requests: Collection[Request]) -> set[UUID]:
        """As above."""
        return {request.id for request in requests}


@pytest.fixture
async def people(database: str) -> None:
    await register_people()


@pytest.fixture
async def newcomers(people: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database and a desk that take requests of newcomers."""
    async with transaction() as session:
        await execute(
            session,
            text("ALTER TABLE requests DROP CONSTRAINT a_request_names_its_practitioner"),
        )
    kind = Newcomers(Kind.PROFILE_UPDATE, ProfileUpdateSubmission)
    monkeypatch.setitem(KINDS, Kind.PROFILE_UPDATE, kind)  # type: ignore[arg-type]  # a Mapping for everybody else


async def at_gate(key: str = "a-newcomer") -> str:
    """A newcomer's request that waits for an officer."""
    wish = contact_change(idempotency_key=key)
    request = await accept(Kind.PROFILE_UPDATE, wish, now=NOW)
    await validate.task.fn(request.tracking_code)
    return request.tracking_code


@pytest.mark.parametrize("kind", sorted(OF_PRACTITIONERS))
async def test_the_kinds_of_practitioners_name_one(kind: Kind, people: None) -> None:
    """The database refuses a row that names nobody."""
    row = Request(
        kind=kind,
        tracking_code="K7Q2-M9XD",
        idempotency_key="k",
        submission={},
        submitted_at=NOW,
        status_since=NOW,
    )
    with pytest.raises(IntegrityError, match="a_request_names_its_practitioner"):
        async with transaction() as session:
            session.add(row)


@pytest.mark.usefixtures("newcomers")
async def test_a_newcomer_s_request_goes_all_its_way() -> None:
    """Returned, corrected, approved, activated; each e-mail goes to the address that it gives."""
    code = await at_gate()
    returned = review.Ruling(
        verdict=Verdict.RETURN, officer="amal", reason_code="unclear", fields=["documents"]
    )
    await review.decide(code, returned, now=NOW)
    await resubmit(code, contact_change(idempotency_key="corrected-key"), now=NOW)
    await validate.task.fn(code)
    await review.decide(code, review.Ruling(verdict=Verdict.APPROVE, officer="amal"), now=NOW)
    token = await token_of(await awaiting_activation(code))

    view = await activation.use(token, LinkPurpose.ACTIVATE, now=NOW)

    async with transaction() as session:
        letters = (await session.exec(select(Letter))).all()
    assert view.status is Status.ACTIVATED
    assert {letter.letter for letter in letters} >= {"received", "returned", "activation"}
    assert {letter.to_address for letter in letters} == {NEWCOMER.email}
    assert {letter.facts["applicant_name_en"] for letter in letters} == {NEWCOMER.name_en}


@pytest.mark.usefixtures("newcomers")
async def test_an_officer_who_is_no_practitioner_may_decide_on_a_newcomer() -> None:
    """Both name nobody, which does not make them one person."""
    code = await at_gate()

    await claims.claim(code, "amal", now=NOW)

    assert (await load_request(code)).claimed_by == "amal"


@pytest.mark.usefixtures("newcomers")
async def test_an_officer_sees_one_newcomer_at_a_time() -> None:
    """Requests that name nobody are not one person's."""
    await at_gate()
    code = await at_gate("another-newcomer")

    case = await looked_at(code)

    assert (case.person.registration_number, case.person.name_en) == (None, NEWCOMER.name_en)
    assert case.others == ()


@pytest.mark.usefixtures("newcomers")
async def test_a_newcomer_s_identity_number_raises_a_doubt() -> None:
    """Whoever is on the register and asks for the same number is looked at by an officer."""
    code = await at_gate()

    async with transaction() as session:
        practitioner = await find_practitioner(session, NOURA["registration_number"])
        doubts = await doubts_about_identity(session, NUMBER, practitioner)

    assert [doubt.against for doubt in doubts] == [code]
