"""The review gate's record."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from desk.officers import OwnRequest
from desk.requests.at_the_gate import ClaimedByAnother, ReviewAlreadyDecided
from desk.requests.claims import assign, claim, release
from desk.requests.review import (
    AlreadyApprovedByOfficer,
    DecidedAtTheDesk,
    NoteMissing,
    ReasonMissing,
    Ruling,
    decide,
    form_decides,
)
from desk.requests.second_look import ChangedSinceReview
from desk.requests.waiting import load_request
from models.database import transaction
from models.letters import Letter
from models.officers import Officer, OfficerUnknown
from models.requests import (
    Request,
    RequestEvent,
    decisions_of_round,
    find_request,
    history,
)
from rules.register.fields import Field
from rules.requests.correctable import Correctable
from rules.requests.events import EventName
from rules.requests.review import ReturnReason
from rules.requests.statuses import ActorKind, Status
from rules.requests.verdicts import Origin, Verdict
from support.people import RAHUL, employer_letter, register_people
from support.policies import policy_with
from support.requests import NOW, request_at_gate

LATER = NOW + timedelta(hours=1)
_OF_DECISIONS = ("returned", "rejected")
APPROVE = Ruling(verdict=Verdict.APPROVE, officer="amal")


async def give(code: str, officer: str, *, now: datetime) -> None:
    """A supervisor gives it to this officer."""
    await assign(code, officer, by="dana", now=now)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


def identity_number_change() -> dict[str, object]:
    """Rahul's new residence number: two officers decide."""
    return {
        "registration_number": RAHUL["registration_number"],
        "changes": {"address": "7 Tahlia Street, Jeddah", "specialty": "pharmacy"},
        "documents": [
            employer_letter(NOW.date()),
            employer_letter(NOW.date()) | {"kind": "residence_card", "expires_on": "2028-01-01"},
        ],
        "confirmed_by_applicant": True,
        "idempotency_key": "rahul-specialty-1",
    }


async def retire(user_name: str) -> None:
    """The officer has left."""
    async with transaction() as session:
        (await session.get_one(Officer, user_name)).active = False


async def test_a_claim_does_not_outlive_its_officer_s_time() -> None:
    """Whoever comes next goes on, and the history says why the claim ended."""
    code = await request_at_gate()
    await claim(code, "basim", now=NOW)
    await retire("basim")

    await claim(code, "amal", now=NOW)

    request = await load_request(code)
    async with transaction() as session:
        released, claimed = (await history(session, request.id))[-2:]
    assert request.claimed_by == "amal"
    assert (released.what, released.actor, released.reason_code) == (
        "released",
        "basim",
        "officer_not_active",
    )
    assert (claimed.what, claimed.actor) == ("claimed", "amal")


@pytest.mark.parametrize("next_step", [give, release])
async def test_whoever_comes_next_frees_it_at_that_moment(
    next_step: Callable[..., Awaitable[None]],
) -> None:
    """The line that says so has the time at which it happened."""
    code = await request_at_gate()
    await claim(code, "basim", now=NOW)
    await retire("basim")

    await next_step(code, "amal", now=LATER)

    async with transaction() as session:
        lines = await history(session, (await load_request(code)).id)
    assert [line.at for line in lines if line.reason_code == "officer_not_active"] == [LATER]


async def test_a_request_that_an_officer_left_behind_can_be_decided() -> None:
    """Without anybody assigning it first."""
    code = await request_at_gate()
    await claim(code, "basim", now=NOW)
    await retire("basim")

    assert await decide(code, APPROVE, now=NOW) is Status.APPROVED


async def test_an_approval_opens_the_gate() -> None:
    """One officer is enough for a specialty."""
    code = await request_at_gate()

    status = await decide(code, APPROVE, now=NOW)

    assert status is Status.APPROVED
    async with transaction() as session:
        line = (await history(session, (await load_request(code)).id))[-1]
    assert (line.what, line.actor_kind, line.actor) == ("approved", ActorKind.OFFICER, "amal")


async def test_of_fifty_decisions_at_once_one_settles_the_gate() -> None:
    """Fifty officers press at the same moment: one decision stands, the others are told."""
    code = await request_at_gate()
    names = [f"officer-{number}" for number in range(50)]
    async with transaction() as session:
        session.add_all(Officer(user_name=name) for name in names)

    outcomes = await asyncio.gather(
        *(decide(code, Ruling(verdict=Verdict.APPROVE, officer=n), now=NOW) for n in names),
        return_exceptions=True,
    )

    assert Counter(map(type, outcomes)) == {Status: 1, ReviewAlreadyDecided: 49}
    async with transaction() as session:
        request = await load_request(code)
        assert len(await decisions_of_round(session, request)) == 1


@pytest.mark.parametrize("note", [None, "", " \n "])
@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.RETURN])
async def test_a_reason_that_refers_to_the_note_needs_one(
    verdict: Verdict, note: str | None
) -> None:
    """Else the applicant is sent to a note that nobody wrote."""
    code = await request_at_gate()
    ruling = Ruling(
        verdict=verdict,
        officer="amal",
        reason_code="other_see_note",
        note=note,
        fields=[Field.SPECIALTY] if verdict is Verdict.RETURN else [],
    )

    with pytest.raises(NoteMissing):
        await decide(code, ruling, now=NOW)


async def test_four_eyes_need_two_officers() -> None:
    """The first approval leaves the request at the gate, and its officer cannot give the second."""
    code = await request_at_gate()
    async with transaction() as session:
        request = await load_request(code)
        request.approvals_needed = 2
        session.add(request)

    first = await decide(code, APPROVE, now=NOW)
    with pytest.raises(AlreadyApprovedByOfficer):
        await decide(code, APPROVE, now=NOW)
    second = await decide(code, Ruling(verdict=Verdict.APPROVE, officer="basim"), now=NOW)

    assert (first, second) == (Status.UNDER_REVIEW, Status.APPROVED)


async def test_nobody_decides_their_own_request() -> None:
    """Rahul is an officer and a practitioner."""
    code = await request_at_gate(identity_number_change())

    with pytest.raises(OwnRequest):
        await decide(code, Ruling(verdict=Verdict.APPROVE, officer="rahul"), now=NOW)


@pytest.mark.parametrize("name", ["nobody", "retired", "<script>", "a\x1b[31mb"])
async def test_only_an_active_officer_decides(name: str) -> None:
    """An unknown, retired or hostile name is nobody."""
    code = await request_at_gate()

    with pytest.raises(OfficerUnknown):
        await decide(code, Ruling(verdict=Verdict.APPROVE, officer=name), now=NOW)


async def test_a_rejection_without_a_coded_reason_is_refused() -> None:
    """The refusal names the reasons there are."""
    code = await request_at_gate()

    with pytest.raises(ReasonMissing, match=r"^to reject .* of these reasons: .*, not_eligible, "):
        await decide(code, Ruling(verdict=Verdict.REJECT, officer="amal"), now=NOW)


async def test_a_return_without_fields_is_refused() -> None:
    """Whatever its reason: the applicant would not know what to correct."""
    code = await request_at_gate()
    ruling = Ruling(verdict=Verdict.RETURN, officer="amal", reason_code="unclear")

    with pytest.raises(ReasonMissing, match=r"^to return a request, name the fields to correct$"):
        await decide(code, ruling, now=NOW)


async def test_a_refusal_names_the_request() -> None:
    """Whoever decides many reads which one it is."""
    code = await request_at_gate()
    async with transaction() as session:
        (await find_request(session, code, lock=True)).approvals_needed = 2
    await decide(code, APPROVE, now=NOW)

    for ruling, why in (
        (replace(APPROVE, origin=Origin.PREFECT_FORM), DecidedAtTheDesk),
        (replace(APPROVE, round=2), ChangedSinceReview),
        (APPROVE, AlreadyApprovedByOfficer),
    ):
        with pytest.raises(why, match=f"^request {code} "):
            await decide(code, ruling, now=NOW)


async def test_policy_may_let_prefect_s_form_decide(tmp_path: Path) -> None:
    """What one officer alone can decide."""
    code = await request_at_gate()

    with policy_with(tmp_path, ("prefect_form_decides = false", "prefect_form_decides = true")):
        decided = await decide(code, replace(APPROVE, origin=Origin.PREFECT_FORM), now=NOW)

    assert decided is Status.APPROVED


@pytest.mark.parametrize("field", [Field.MOBILE, Correctable("experience")])
async def test_a_request_is_not_returned_for_what_it_never_touched(field: Correctable) -> None:
    """The applicant could correct nothing there; the answer names what can be."""
    code = await request_at_gate()
    ruling = Ruling(verdict=Verdict.RETURN, officer="amal", reason_code="unclear", fields=[field])

    with pytest.raises(ReasonMissing, match=r"^to return .* certificates, documents, specialty$"):
        await decide(code, ruling, now=NOW)

    assert (await load_request(code)).status == Status.UNDER_REVIEW


@pytest.mark.parametrize(
    ("verdict", "reason", "fields"),
    [(Verdict.RETURN, "unclear", [Field.SPECIALTY]), (Verdict.REJECT, "not_eligible", [])],
)
async def test_the_applicant_reads_the_officer_s_note(
    verdict: Verdict, reason: str, fields: list[Correctable]
) -> None:
    """In the e-mail about the decision, as it was written."""
    code = await request_at_gate()
    note = "The second page is missing."
    ruling = Ruling(
        verdict=verdict, officer="amal", reason_code=reason, fields=fields, note=f" {note} "
    )

    await decide(code, ruling, now=NOW)

    async with transaction() as session:
        owed = await session.exec(select(Letter).where(col(Letter.letter).in_(_OF_DECISIONS)))
        assert [letter.facts["note"] for letter in owed] == [note]


async def test_a_return_names_the_fields_to_correct() -> None:
    """The applicant reads what to correct, and until when."""
    code = await request_at_gate()
    ruling = Ruling(
        verdict=Verdict.RETURN,
        officer="amal",
        reason_code="unclear",
        fields=[Field.SPECIALTY],
    )

    status = await decide(code, ruling, now=NOW)

    request = await load_request(code)
    assert status is Status.RETURNED
    async with transaction() as session:
        (decision,) = await decisions_of_round(session, request)
    assert (decision.verdict, decision.reason_code) == (Verdict.RETURN, "unclear")
    (correction,) = request.corrections
    assert (correction["field"], correction["code"]) == ("specialty", "unclear")
    assert correction["sentence_en"] == ReturnReason.UNCLEAR.sentence.en
    assert request.closes_at is not None


async def test_a_claimed_request_is_the_claimers() -> None:
    """Another officer is refused until it is released."""
    code = await request_at_gate()
    await claim(code, "amal", now=NOW)

    with pytest.raises(ClaimedByAnother):
        await decide(code, Ruling(verdict=Verdict.APPROVE, officer="basim"), now=NOW)
    await release(code, "amal", now=NOW)

    decided = await decide(code, Ruling(verdict=Verdict.APPROVE, officer="basim"), now=NOW)
    assert decided is Status.APPROVED


async def told(code: str) -> RequestEvent:
    """The newest line of the request's history."""
    async with transaction() as session:
        return (await history(session, (await find_request(session, code)).id))[-1]


@pytest.mark.parametrize(
    ("act", "what", "by", "holder"),
    [
        (claim, EventName.CLAIMED, ActorKind.OFFICER, ("amal", NOW)),
        (release, EventName.RELEASED, ActorKind.OFFICER, (None, None)),
        (give, EventName.ASSIGNED, ActorKind.OPERATIONS, ("amal", NOW)),
    ],
)
async def test_who_holds_a_request_and_who_said_so(
    act: Callable[..., Awaitable[None]],
    what: EventName,
    by: ActorKind,
    holder: tuple[str | None, datetime | None],
) -> None:
    """Claimed, released and assigned: the row, and the line that says it."""
    code = await request_at_gate()
    if act is release:
        await claim(code, "amal", now=NOW)

    await act(code, "amal", now=NOW)

    request, line = await load_request(code), await told(code)
    assert (request.claimed_by, request.claimed_at) == holder
    assert (line.what, line.actor_kind, line.actor, line.at) == (what, by, "amal", NOW)


async def test_operations_give_it_to_another_whoever_has_it() -> None:
    """Basim had it; now it is Amal's, and Basim can neither claim nor release it."""
    code = await request_at_gate()
    await claim(code, "basim", now=NOW)

    await assign(code, "amal", by="dana", now=NOW)

    for act in (claim, release):
        with pytest.raises(ClaimedByAnother) as refused:
            await act(code, "basim", now=NOW)
        assert refused.value.claimed_by == "amal"
        assert str(refused.value) == f"request {code} is claimed by amal"


@pytest.mark.parametrize("act", [claim, release, give])
async def test_what_has_left_the_gate_is_nobody_s(act: Callable[..., Awaitable[None]]) -> None:
    """It is not claimed, released or assigned any more; the refusal says where it stands."""
    code = await request_at_gate()
    await decide(code, APPROVE, now=NOW)

    with pytest.raises(ReviewAlreadyDecided) as refused:
        await act(code, "amal", now=NOW)

    assert (refused.value.tracking_code, refused.value.status) == (code, Status.APPROVED)


def test_a_return_without_fields_says_what_is_missing() -> None:
    """In words for the officer."""
    assert str(ReasonMissing(Verdict.RETURN)) == "to return a request, name the fields to correct"


@pytest.mark.parametrize(
    ("form", "approvals_needed", "decides"),
    [("true", 1, True), ("true", 2, False), ("false", 1, False), ("false", 2, False)],
)
def test_the_form_decides_where_policy_lets_it_and_one_officer_is_enough(
    tmp_path: Path, form: str, approvals_needed: int, decides: bool
) -> None:
    """It knows no signed-in officer, so it can never be the second of two."""
    change = ("prefect_form_decides = false", f"prefect_form_decides = {form}")
    with policy_with(tmp_path, change):
        assert form_decides(Request(approvals_needed=approvals_needed)) is decides
