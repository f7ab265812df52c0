"""What an officer ticks, and what an approval on the desk's page needs of it."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from desk.cases.case import read_case
from desk.looks import Looker
from desk.officers import OwnRequest
from desk.requests.at_the_gate import ClaimedByAnother, DecisionWaits, ReviewAlreadyDecided
from desk.requests.claims import assign, claim, release
from desk.requests.emails_ahead import emails_ahead
from desk.requests.landing import land, put_down, take_back
from desk.requests.review import AlreadyApprovedByOfficer, Ruling, decide
from desk.requests.second_look import ChangedSinceReview
from desk.requests.submission import resubmit
from desk.requests.ticked import NotAllTicked
from desk.requests.ticking import keep_ticks
from desk.requests.waiting import load_request
from models.database import transaction
from models.officers import OfficerUnknown
from models.requests import RequestUnknown, find_request
from models.ticks import Tick
from rules.requests.landing import Landing
from rules.requests.statuses import Status
from rules.requests.verdicts import Origin, Verdict
from support.landing import APPROVE, LANDS, decisions, status_of
from support.people import RAHUL, register_people, specialty_change
from support.policies import policy_with
from support.racing import until_somebody_waits
from support.requests import NOW, happened, rejected, request_at_gate
from support.ticks import all_ticked
from tasks.steps.validation import validate

ALL = ("specialty", "certificates", "documents[0]")
LATER = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


@pytest.fixture
async def code(people: None) -> str:
    """A new specialty with a certificate and a letter, which amal works on."""
    found = await request_at_gate()
    await claim(found, "amal", now=NOW)
    return found


async def ticked(code: str, *what: str, officer: str = "amal", at: datetime = NOW) -> list[str]:
    """These are ticked in the first round; what is left."""
    return list(await keep_ticks(code, officer, what, round_=1, now=at))


async def rows() -> set[tuple[int, str, str, datetime]]:
    """All ticks that there are."""
    async with transaction() as session:
        found = (await session.exec(select(Tick))).all()
    return {(row.round, row.officer, row.what, row.at) for row in found}


async def seen_by(officer: str, code: str) -> set[str]:
    """What the case tells this officer that they have ticked."""
    case = await read_case(code, by=Looker.officer(officer), now=NOW)
    assert case.ticks.needed == ALL
    return set(case.ticks.done)


async def test_a_tick_is_kept_with_its_instant(code: str) -> None:
    """Its officer sees it again; what is left is said, in the order of the page."""
    left = await ticked(code, "certificates")
    later = await ticked(code, "certificates", "specialty", at=LATER)

    assert (left, later) == (["specialty", "documents[0]"], ["documents[0]"])
    assert await rows() == {(1, "amal", "certificates", NOW), (1, "amal", "specialty", LATER)}
    assert await seen_by("amal", code) == {"certificates", "specialty"}


async def test_what_is_not_ticked_any_more_is_taken_off(code: str) -> None:
    """And nothing is left of it."""
    await ticked(code, *ALL)

    left = await ticked(code, "specialty")

    assert left == ["certificates", "documents[0]"]
    assert await rows() == {(1, "amal", "specialty", NOW)}


async def test_the_same_again_is_the_same(code: str) -> None:
    """The claim lasts from then on, as by any act of its officer."""
    await ticked(code, *ALL)
    before, until = await rows(), (await load_request(code)).claim_until

    assert await ticked(code, *ALL, at=LATER) == []

    assert await rows() == before
    assert (await load_request(code)).claim_until == (until or NOW) + timedelta(minutes=5)
    assert await happened(code) == ["claimed"]


async def test_what_nobody_has_to_tick_is_passed_over(code: str) -> None:
    """Whatever a form says."""
    left = await ticked(code, "mobile", "documents[7]", "x" * 10_000, "\x00", "documents")

    assert left == list(ALL)
    assert await rows() == set()


async def test_nobody_sees_what_others_have_ticked(code: str) -> None:
    """Nor does it count for them."""
    await ticked(code, *ALL)
    await release(code, "amal", now=NOW)
    await claim(code, "basim", now=NOW)

    with pytest.raises(NotAllTicked) as refused:
        await put_down(code, replace(APPROVE, officer="basim"), now=NOW)

    assert refused.value.missing == ALL
    assert await seen_by("basim", code) == set()


async def test_an_approval_of_the_page_needs_all_of_them(code: str) -> None:
    """When the e-mails are asked for, and when it is put down or decided; ticked, it lands."""
    await ticked(code, "specialty", "documents[0]")

    for act in (emails_ahead, put_down, decide):
        with pytest.raises(NotAllTicked, match=r"once these are ticked: certificates$"):
            await act(code, APPROVE, now=NOW)

    assert (await decisions(), await status_of(code)) == ([], Status.UNDER_REVIEW)
    await ticked(code, *ALL)
    assert len(await emails_ahead(code, APPROVE, now=NOW)) == 1
    await put_down(code, APPROVE, now=NOW)
    assert await land(code, now=LANDS) is Landing.LANDED


@pytest.mark.parametrize("origin", sorted(set(Origin) - {Origin.DESK_PAGE, Origin.DESK_LIST}))
async def test_other_ways_are_not_asked(code: str, origin: Origin, tmp_path: Path) -> None:
    """They have no page on which something could be ticked."""
    with policy_with(tmp_path, ("prefect_form_decides = false", "prefect_form_decides = true")):
        await decide(code, replace(APPROVE, origin=origin), now=NOW)

    assert await status_of(code) is Status.APPROVED


@pytest.mark.parametrize("verdict", [Verdict.RETURN, Verdict.REJECT])
async def test_only_an_approval_is_asked(code: str, verdict: Verdict) -> None:
    """Whoever has found a fault need not look at the rest."""
    reason = "unclear" if verdict is Verdict.RETURN else "not_eligible"
    fields = ["specialty"] if verdict is Verdict.RETURN else []
    ruling = replace(APPROVE, verdict=verdict, reason_code=reason, fields=fields)

    await put_down(code, ruling, now=NOW)

    assert await land(code, now=LANDS) is Landing.LANDED


async def test_policy_may_ask_for_no_ticks(code: str, tmp_path: Path) -> None:
    """Then there is nothing to tick, and an approval needs none."""
    with policy_with(tmp_path, ("approve_needs_ticks = true", "approve_needs_ticks = false")):
        left = await ticked(code, *ALL)
        case = await read_case(code, by=Looker.officer("amal"), now=NOW)
        await put_down(code, APPROVE, now=NOW)

    assert (left, case.ticks.needed, await rows()) == ([], (), set())


async def test_where_policy_asks_meanwhile_the_decision_does_not_land(
    code: str, tmp_path: Path
) -> None:
    """Its officer is told that it is not possible any more."""
    with policy_with(tmp_path, ("approve_needs_ticks = true", "approve_needs_ticks = false")):
        await put_down(code, APPROVE, now=NOW)

    assert await land(code, now=LANDS) is Landing.REFUSED


async def test_ticks_stay_with_a_decision_that_is_taken_back(code: str) -> None:
    """Nothing has changed; and while it waits, nobody ticks."""
    await ticked(code, *ALL)
    await put_down(code, APPROVE, now=NOW)

    with pytest.raises(DecisionWaits):
        await ticked(code)
    await take_back(code, "amal", now=NOW)

    assert await seen_by("amal", code) == set(ALL)


async def test_the_second_officer_ticks_alone(code: str) -> None:
    """The first one's ticks are neither seen nor counted; the first one ticks no more."""
    async with transaction() as session:
        (await find_request(session, code, lock=True)).approvals_needed = 2
    await ticked(code, *ALL)
    await decide(code, APPROVE, now=NOW)
    second = replace(APPROVE, officer="basim")

    with pytest.raises(NotAllTicked):
        await decide(code, second, now=NOW)
    assert await seen_by("basim", code) == set()
    with pytest.raises(AlreadyApprovedByOfficer):
        await ticked(code)
    await ticked(code, *ALL, officer="basim")

    assert await decide(code, second, now=NOW) is Status.APPROVED


async def test_a_case_that_somebody_else_took_is_not_ticked(code: str) -> None:
    """What was ticked before is nobody's but its officer's, who finds it again."""
    await ticked(code, "specialty")
    await assign(code, "basim", by="rahul", now=NOW)

    with pytest.raises(ClaimedByAnother):
        await ticked(code, *ALL)
    await release(code, "basim", now=NOW)
    await claim(code, "amal", now=NOW)

    assert await seen_by("amal", code) == {"specialty"}


async def test_a_claim_that_ran_out_begins_anew_with_a_tick(code: str) -> None:
    """Where nobody else has taken it; whoever looks long loses nothing."""
    late = NOW + timedelta(minutes=31)

    assert await ticked(code, *ALL, at=late) == []

    assert (await load_request(code)).claimed_by == "amal"
    assert await happened(code) == ["claimed", "released claim_ran_out", "claimed"]


async def test_a_correction_is_looked_at_anew(code: str) -> None:
    """A form of the round before keeps nothing, and its ticks do not count."""
    await ticked(code, *ALL)
    ruling = Ruling(
        verdict=Verdict.RETURN, officer="amal", reason_code="unclear", fields=["specialty"]
    )
    await decide(code, ruling, now=NOW)
    again = specialty_change(NOW.date(), changes={"specialty": "cardiology"})
    await resubmit(code, again, now=NOW)
    await validate.task.fn(code)

    with pytest.raises(ChangedSinceReview):
        await ticked(code, *ALL)
    with pytest.raises(NotAllTicked) as refused:
        await put_down(code, APPROVE, now=NOW)
    assert refused.value.missing == ALL
    assert await seen_by("amal", code) == set()

    assert await keep_ticks(code, "amal", ALL, round_=2, now=NOW) == ()
    await put_down(code, APPROVE, now=NOW)


async def test_of_two_forms_at_once_the_last_counts(code: str) -> None:
    """They wait for each other: nothing of both."""
    async with transaction() as session:
        await find_request(session, code, lock=True)
        first = asyncio.create_task(ticked(code, "specialty"))
        await until_somebody_waits()
        last = asyncio.create_task(ticked(code, "certificates"))
    lefts = await asyncio.gather(first, last)

    kept = {what for _, _, what, _ in await rows()}
    assert len(kept) == 1
    assert sorted(map(len, lefts)) == [2, 2]


async def test_an_approval_waits_for_a_tick_that_is_taken_off(code: str) -> None:
    """And is refused then: it never counts what is not there any more."""
    await ticked(code, *ALL)
    async with transaction() as session:
        request = await find_request(session, code, lock=True)
        approving = asyncio.create_task(put_down(code, APPROVE, now=NOW))
        await until_somebody_waits()
        for row in (await session.exec(select(Tick).where(Tick.request_id == request.id))).all():
            await session.delete(row)

    with pytest.raises(NotAllTicked):
        await approving


async def test_who_may_not_decide_may_not_tick(code: str) -> None:
    """One's own, what is decided, what there is not, who has left."""
    own = await request_at_gate(
        specialty_change(
            NOW.date(),
            registration_number=RAHUL["registration_number"],
            idempotency_key="rahul-specialty-1",
            documents=[*specialty_change(NOW.date())["documents"], CARD],
        )
    )

    with pytest.raises(OwnRequest):
        await ticked(own, officer="rahul")
    with pytest.raises(OfficerUnknown):
        await ticked(code, officer="retired")
    with pytest.raises(RequestUnknown):
        await ticked("AAAA-AAAA")
    await rejected(code, NOW)
    with pytest.raises(ReviewAlreadyDecided):
        await ticked(code)


CARD = {
    "kind": "residence_card",
    "issuer": "Passports",
    "issued_on": "2026-01-01",
    "expires_on": "2028-01-01",
    "sha256": "cd" * 32,
}


async def test_a_look_by_somebody_else_has_no_ticks(code: str) -> None:
    """Operations and commands of theirs decide nothing."""
    await all_ticked(code, "amal")

    case = await read_case(code, by=Looker.operations("root"), now=NOW)

    assert (case.ticks.needed, case.ticks.done) == ((), frozenset())


async def test_what_is_ticked_with_the_press_is_kept_with_the_decision(code: str) -> None:
    """Who asks later what the officer had looked at finds it there, with its instant."""
    await ticked(code, "specialty")

    await decide(code, replace(APPROVE, ticks=frozenset(ALL)), now=LATER)

    assert await rows() == {
        (1, "amal", "specialty", NOW),
        (1, "amal", "certificates", LATER),
        (1, "amal", "documents[0]", LATER),
    }
