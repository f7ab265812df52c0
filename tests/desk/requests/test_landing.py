"""A decision of the desk's page: put down, taken back, landed."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from desk.policy import current_policy
from desk.queues.listing import read_queue
from desk.queues.taking import hold, next_request, skip
from desk.requests.at_the_gate import (
    CLAIM_RAN_OUT,
    ClaimedByAnother,
    DecisionWaits,
    ReviewAlreadyDecided,
)
from desk.requests.claims import assign, claim, release
from desk.requests.emails_ahead import emails_ahead
from desk.requests.landing import (
    DecisionOfAnother,
    Done,
    NoDecisionWaits,
    land,
    put_down,
    put_down_in,
    take_back,
)
from desk.requests.review import AlreadyApprovedByOfficer, ReasonMissing, Ruling, decide
from desk.requests.second_look import ChangedSinceReview
from desk.requests.waiting import load_request
from models.cases import letters_of
from models.database import transaction
from models.officers import OfficerUnknown
from models.requests import RequestUnknown, find_request, history
from models.waiting_decisions import WaitingDecision
from rules.register.fields import Field
from rules.requests.landing import Landing
from rules.requests.queues import Queue
from rules.requests.review import RejectionReason, ReturnReason
from rules.requests.statuses import Status
from rules.requests.verdicts import Origin, Verdict
from rules.values.dates import riyadh_day
from support.landing import APPROVE, LANDS, decisions, outcomes, status_of
from support.operating import put_back
from support.people import register_people
from support.policies import policy_with
from support.requests import NOW, happened
from support.ticks import ticked_at_gate

MOMENT = timedelta(microseconds=1)
TOMORROW = riyadh_day(NOW) + timedelta(days=1)
RETURN = Ruling(
    verdict=Verdict.RETURN,
    officer="amal",
    reason_code=ReturnReason.DIFFERS_FROM_DOCUMENT,
    note=" See page 2 <b> ",
    fields=[Field.SPECIALTY],
    origin=Origin.DESK_PAGE,
)
REJECT = Ruling(
    verdict=Verdict.REJECT,
    officer="amal",
    reason_code=RejectionReason.OTHER_SEE_NOTE,
    note="No",
    origin=Origin.DESK_PAGE,
)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def letters(code: str) -> list[str]:
    """The e-mails about the request so far."""
    async with transaction() as session:
        request = await find_request(session, code)
        return [letter.letter for letter in await letters_of(session, request.id)]


async def needs_two(code: str) -> None:
    """Two officers have to approve it."""
    async with transaction() as session:
        (await find_request(session, code, lock=True)).approvals_needed = 2


@pytest.mark.parametrize(
    ("ruling", "status", "letter"),
    [
        (APPROVE, Status.APPROVED, None),
        (RETURN, Status.RETURNED, "returned"),
        (REJECT, Status.REJECTED, "rejected"),
    ],
    ids=["approve", "return", "reject"],
)
async def test_a_decision_waits_and_lands_as_it_was_made(
    ruling: Ruling, status: Status, letter: str | None
) -> None:
    """Until its instant nothing is decided and nothing is sent; then all of it is, once."""
    code = await ticked_at_gate()
    before = await letters(code)

    assert await put_down(code, ruling, now=NOW) == LANDS
    assert await land(code, now=LANDS - MOMENT) is None
    assert (await status_of(code), await decisions()) == (Status.UNDER_REVIEW, [])
    assert await letters(code) == before

    assert await land(code, now=LANDS) is Landing.LANDED
    assert await land(code, now=LANDS) is None

    [decision] = await decisions()
    assert await status_of(code) is status
    assert (decision.verdict, decision.officer, decision.origin) == (
        ruling.verdict,
        "amal",
        Origin.DESK_PAGE,
    )
    assert decision.decided_at == LANDS
    assert decision.note == (ruling.note.strip() if ruling.note else None)
    assert await letters(code) == [*before, *([letter] if letter else [])]
    assert await happened(code) == [
        "decision_waits",
        f"{status} {ruling.reason_code or ''}".strip(),
    ]
    assert await outcomes() == [Landing.LANDED]


async def test_a_decision_that_is_taken_back_was_never_made() -> None:
    """Its officer holds the request again, for as long as a new claim lasts."""
    code = await ticked_at_gate()
    await claim(code, "amal", now=NOW)
    await put_down(code, REJECT, now=NOW)

    await take_back(code, " Amal ", now=LANDS - MOMENT)

    request = await load_request(code)
    minutes = timedelta(minutes=current_policy().review.claim_minutes)
    assert (request.claimed_by, request.claim_until) == ("amal", LANDS - MOMENT + minutes)
    assert await land(code, now=LANDS) is None
    assert await decisions() == []
    assert await outcomes() == [Landing.TAKEN_BACK]
    assert await happened(code) == ["claimed", "decision_waits", "decision_taken_back", "claimed"]
    await put_down(code, APPROVE, now=LANDS)
    assert await land(code, now=LANDS + (LANDS - NOW)) is Landing.LANDED
    assert await status_of(code) is Status.APPROVED


async def test_who_takes_back_and_until_when() -> None:
    """Its officer alone, as long as it has not landed; a second time there is nothing."""
    code = await ticked_at_gate()
    with pytest.raises(NoDecisionWaits) as refused:
        await take_back(code, "amal", now=NOW)
    assert refused.value.tracking_code == code
    await put_down(code, REJECT, now=NOW)

    with pytest.raises(DecisionOfAnother, match=f"request {code} is amal's"):
        await take_back(code, "basim", now=NOW)
    with pytest.raises(OfficerUnknown):
        await take_back(code, "retired", now=NOW)
    await take_back(code, "amal", now=LANDS + timedelta(hours=1))
    with pytest.raises(NoDecisionWaits):
        await take_back(code, "amal", now=NOW)
    await put_down(code, REJECT, now=NOW)
    await land(code, now=LANDS)
    with pytest.raises(NoDecisionWaits):
        await take_back(code, "amal", now=NOW)


async def test_what_would_be_refused_is_refused_at_once() -> None:
    """By the errors of a decision; then nothing waits, and nothing is kept."""
    code = await ticked_at_gate()
    await claim(code, "basim", now=NOW)
    with pytest.raises(ClaimedByAnother):
        await put_down(code, APPROVE, now=NOW)
    await release(code, "basim", now=NOW)

    with pytest.raises(ReasonMissing):
        await put_down(code, Ruling(verdict=Verdict.RETURN, officer="amal"), now=NOW)
    with pytest.raises(ReasonMissing):
        await put_down(
            code,
            Ruling(
                verdict=Verdict.RETURN,
                officer="amal",
                reason_code=ReturnReason.DIFFERS_FROM_DOCUMENT,
                fields=[Field.MOBILE],
            ),
            now=NOW,
        )
    with pytest.raises(ChangedSinceReview):
        await put_down(code, Ruling(verdict=Verdict.APPROVE, officer="amal", round=2), now=NOW)
    with pytest.raises(OfficerUnknown):
        await put_down(code, Ruling(verdict=Verdict.APPROVE, officer="retired"), now=NOW)

    assert (await outcomes(), await decisions()) == ([], [])
    assert await happened(code) == ["claimed", "released"]
    await decide(code, APPROVE, now=NOW)
    with pytest.raises(ReviewAlreadyDecided):
        await put_down(code, APPROVE, now=NOW)


async def test_a_claim_that_ran_out_is_told_of_by_whoever_decides_next() -> None:
    """The decision is tried and undone before it waits; that line is not."""
    code = await ticked_at_gate()
    await claim(code, "basim", now=NOW - timedelta(days=1))

    await put_down(code, APPROVE, now=NOW)

    assert await happened(code) == ["claimed", f"released {CLAIM_RAN_OUT}", "decision_waits"]


async def test_the_history_says_whose_decision_waits_and_who_took_it_back() -> None:
    """And that it was their decision which landed, by the clock."""
    code = await ticked_at_gate()
    await put_down(code, APPROVE, now=NOW)
    await take_back(code, "amal", now=NOW)

    assert await who_did(code) == [
        ("decision_waits", "officer", "amal"),
        ("decision_taken_back", "officer", "amal"),
        ("claimed", "officer", "amal"),
    ]


async def who_did(code: str) -> list[tuple[str, str, str | None]]:
    """What happened since it came to the gate, and by whom."""
    async with transaction() as session:
        lines = await history(session, (await find_request(session, code)).id)
    done = [(line.what.value, line.actor_kind.value, line.actor) for line in lines]
    return [each for each in done if each[1] in {"officer", "clock"}]


async def test_a_claim_of_old_on_what_is_taken_back_ends() -> None:
    """As a restored backup brings one along; the request is its officer's again."""
    code = await ticked_at_gate()
    await put_down(code, APPROVE, now=NOW)
    async with transaction() as session:
        request = await find_request(session, code, lock=True)
        request.claimed_by, request.claim_until = "basim", NOW

    await take_back(code, "amal", now=NOW)

    assert (await load_request(code)).claimed_by == "amal"
    assert f"released {CLAIM_RAN_OUT}" in await happened(code)


async def test_of_a_set_that_is_put_down_each_stands_alone() -> None:
    """One that is refused stops none behind it."""
    code = await ticked_at_gate()

    async with transaction() as session:
        found = await put_down_in(session, {"0000-0000": APPROVE, code: APPROVE}, now=NOW)

    assert isinstance(found["0000-0000"], RequestUnknown)
    assert found[code] == Done(LANDS)
    assert await outcomes() == [None]


async def test_policy_may_give_no_time(tmp_path: Path) -> None:
    """Then it is decided at once."""
    code = await ticked_at_gate()

    with policy_with(tmp_path, ("take_back_seconds = 10", "take_back_seconds = 0")):
        assert await put_down(code, APPROVE, now=NOW) is None

        with pytest.raises(ReviewAlreadyDecided):
            await put_down(code, APPROVE, now=NOW)

    assert await status_of(code) is Status.APPROVED
    assert await outcomes() == []


ACTS: dict[str, Callable[[str, str], Awaitable[object]]] = {
    "decide": lambda code, who: decide(code, Ruling(verdict=Verdict.APPROVE, officer=who), now=NOW),
    "put down": lambda code, who: put_down(
        code, Ruling(verdict=Verdict.APPROVE, officer=who), now=NOW
    ),
    "claim": lambda code, who: claim(code, who, now=NOW),
    "release": lambda code, who: release(code, who, now=NOW),
    "assign": lambda code, who: assign(code, who, by="dana", now=NOW),
    "skip": lambda code, who: skip(code, who, "why", now=NOW),
    "hold": lambda code, who: hold(code, who, "why", TOMORROW, now=NOW),
    "emails ahead": lambda code, who: emails_ahead(
        code, Ruling(verdict=Verdict.APPROVE, officer=who), now=NOW
    ),
}


@pytest.mark.parametrize("officer", ["amal", "basim"])
@pytest.mark.parametrize("act", ACTS)
async def test_nobody_acts_on_what_is_landing(act: str, officer: str) -> None:
    """Its officer neither, but to take it back; whoever tries is told whose it is."""
    code = await ticked_at_gate()
    await needs_two(code)
    await put_down(code, APPROVE, now=NOW)

    with pytest.raises(DecisionWaits) as refused:
        await ACTS[act](code, officer)

    assert (refused.value.officer, refused.value.lands_at) == ("amal", LANDS)
    assert await happened(code) == ["decision_waits"]
    await take_back(code, "amal", now=NOW)


async def test_what_is_landing_is_in_no_queue() -> None:
    """Nor is it given to anybody, late as it may be, nor put back with what its officer holds."""
    code = await ticked_at_gate()
    await hold(code, "amal", "asked the hospital", TOMORROW, now=NOW)
    await put_down(code, APPROVE, now=NOW)

    late = NOW + timedelta(days=90)
    for officer in ("amal", "basim"):
        page = await read_queue(Queue.ALL, officer, now=late, limit=5)
        assert (page.gates, set(page.counts.values())) == ((), {0})
        assert await next_request(officer, now=late) is None
    assert await put_back("amal", now=NOW) == ()


async def test_an_approval_has_no_reason() -> None:
    """Whatever was sent with it: the row says what will be decided."""
    code = await ticked_at_gate()

    await put_down(code, replace(APPROVE, reason_code="because", note="\n"), now=NOW)

    async with transaction() as session:
        row = (await session.exec(select(WaitingDecision))).one()
    assert (row.reason_code, row.note) == (None, None)


async def test_a_first_approval_of_two_lands_like_any_other() -> None:
    """Then it waits for the second officer; the first is refused at once."""
    code = await ticked_at_gate()
    await needs_two(code)
    await put_down(code, APPROVE, now=NOW)
    assert await land(code, now=LANDS) is Landing.LANDED

    assert await status_of(code) is Status.UNDER_REVIEW
    with pytest.raises(AlreadyApprovedByOfficer):
        await put_down(code, APPROVE, now=LANDS)
    assert await next_request("basim", now=LANDS) == code
