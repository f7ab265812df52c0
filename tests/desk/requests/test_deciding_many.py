"""Many requests decided as one is: the same checks, the same rows, each by itself."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from desk.officers import OwnRequest
from desk.requests.at_the_gate import ClaimedByAnother, DecisionWaits, ReviewAlreadyDecided
from desk.requests.claims import claim
from desk.requests.deciding_many import DecidedOne, decide_many
from desk.requests.landing import put_down
from desk.requests.review import (
    AlreadyApprovedByOfficer,
    NoteMissing,
    ReasonMissing,
    Ruling,
    decide,
)
from desk.requests.second_look import NotApprovable
from desk.requests.withdrawal import withdraw
from models.cases import letters_of
from models.database import transaction
from models.officers import Officer, OfficerUnknown
from models.requests import Decision, Request, RequestEvent, RequestUnknown, find_request, history
from models.review_desk import PutAside
from rules.errors import MumarisError
from rules.register.fields import Field
from rules.requests.review import RejectionReason, ReturnReason
from rules.requests.statuses import Status
from rules.requests.verdicts import Verdict
from support.at_the_desk import decisions, row_of
from support.deciding import at_gate
from support.people import luhn_number, register_people
from support.requests import NOW, happened
from support.statements import statements

APPROVE = Ruling(verdict=Verdict.APPROVE, officer="amal")
RETURN = Ruling(
    verdict=Verdict.RETURN,
    officer="amal",
    reason_code=ReturnReason.UNCLEAR,
    note="Page 2",
    fields=[Field.SPECIALTY],
)
REJECT = Ruling(
    verdict=Verdict.REJECT,
    officer="amal",
    reason_code=RejectionReason.OTHER_SEE_NOTE,
    note="No",
)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def decided(codes: Sequence[str], ruling: Ruling = APPROVE) -> dict[str, DecidedOne]:
    """What became of each."""
    found = [one async for one in decide_many(codes, ruling, now=NOW)]
    assert len(found) == len(set(codes))
    return {one.tracking_code: one for one in found}


async def change(code: str, **columns: Any) -> None:
    """Something of its row."""
    async with transaction() as session:
        request = await find_request(session, code, lock=True)
        for name, value in columns.items():
            setattr(request, name, value)


@pytest.mark.parametrize(
    ("ruling", "status", "letter"),
    [
        (APPROVE, Status.APPROVED, None),
        (RETURN, Status.RETURNED, "returned"),
        (REJECT, Status.REJECTED, "rejected"),
    ],
    ids=["approve", "return", "reject"],
)
async def test_each_is_decided_as_alone(ruling: Ruling, status: Status, letter: str | None) -> None:
    """Its row, its history, its decision and its e-mail are those of one that is decided alone."""
    alone, *together = [await at_gate() for _ in range(4)]
    assert await decide(alone, ruling, now=NOW) is status

    found = await decided(together, ruling)

    assert {one.status for one in found.values()} == {status}
    expected = await left_behind(alone)
    assert expected[0] == status
    for code in together:
        assert await left_behind(code) == expected
    async with transaction() as session:
        for code in together:
            number = (await find_request(session, code)).id
            named = [one.letter for one in await letters_of(session, number)]
            assert named == ["received", *([letter] if letter else [])]
            line = (await history(session, number))[-1]
            assert (line.actor, line.reason_code) == (ruling.officer, ruling.reason_code)


async def left_behind(code: str) -> tuple[Any, ...]:
    """All that a decision writes of a request."""
    row = await row_of(code)
    said = [
        (one.officer, one.verdict, one.reason_code, one.note, one.origin, one.round, one.decided_at)
        for one in await decisions(code)
    ]
    where = (row.status, row.status_since, row.claimed_by, row.corrections, row.closes_at)
    return (*where, said, await happened(code))


@pytest.mark.parametrize("ruling", [APPROVE, RETURN], ids=["approve", "return"])
async def test_a_set_costs_as_many_statements_as_a_single_one(ruling: Ruling) -> None:
    """However many they are."""
    alone, *together = [await at_gate() for _ in range(8)]

    with statements() as of_one:
        await decided([alone], ruling)
    with statements() as of_many:
        await decided(together, ruling)

    assert len(of_many) == len(of_one)


async def _claimed(code: str) -> None:
    await claim(code, "basim", now=NOW)


async def _withdrawn(code: str) -> None:
    await withdraw(code, now=NOW)


async def _decided(code: str) -> None:
    await decide(code, Ruling(verdict=Verdict.APPROVE, officer="basim"), now=NOW)


async def _approved_once(code: str) -> None:
    await change(code, approvals_needed=2)
    await decide(code, APPROVE, now=NOW)


async def _waiting(code: str) -> None:
    await put_down(code, Ruling(verdict=Verdict.APPROVE, officer="basim"), now=NOW)


async def _own(code: str) -> None:
    async with transaction() as session:
        request = await find_request(session, code)
        officer = await session.get_one(Officer, "amal")
        officer.practitioner_id = request.practitioner_id


#: What is done to a request, and what it is refused for then.
AGAINST: dict[str, tuple[Callable[[str], Awaitable[None]], type[MumarisError]]] = {
    "a colleague works on it": (_claimed, ClaimedByAnother),
    "withdrawn meanwhile": (_withdrawn, ReviewAlreadyDecided),
    "decided meanwhile": (_decided, ReviewAlreadyDecided),
    "this officer has approved it": (_approved_once, AlreadyApprovedByOfficer),
    "a decision waits": (_waiting, DecisionWaits),
    "the officer's own": (_own, OwnRequest),
}


@pytest.mark.parametrize(("stage", "why"), AGAINST.values(), ids=AGAINST)
async def test_a_refusal_is_its_own_result(
    stage: Callable[[str], Awaitable[None]], why: type[MumarisError]
) -> None:
    """As of a lone decision, and it stops no other."""
    codes = [await at_gate() for _ in range(3)]
    await stage(codes[1])
    before = await left_behind(codes[1])

    found = await decided(codes)

    with pytest.raises(why) as alone:
        await decide(codes[1], APPROVE, now=NOW)
    refused = found[codes[1]].refused
    assert isinstance(refused, why)
    assert str(refused) == str(alone.value)
    assert await left_behind(codes[1]) == before
    assert [found[code].status for code in (codes[0], codes[2])] == [Status.APPROVED] * 2


async def test_an_unknown_code_is_told() -> None:
    """It stops no other."""
    code = await at_gate()

    found = await decided(["0000-0000", code])

    assert isinstance(found["0000-0000"].refused, RequestUnknown)
    assert found[code].status is Status.APPROVED


async def test_a_ruling_that_is_none_decides_nothing() -> None:
    """It is told before the first one."""
    code = await at_gate()
    rulings = {
        ReasonMissing: Ruling(verdict=Verdict.REJECT, officer="amal"),
        NoteMissing: Ruling(
            verdict=Verdict.REJECT, officer="amal", reason_code=RejectionReason.OTHER_SEE_NOTE
        ),
        OfficerUnknown: Ruling(verdict=Verdict.APPROVE, officer="retired"),
    }

    for why, ruling in rulings.items():
        with pytest.raises(why):
            await decided([code], ruling)
    assert await decisions(code) == []


async def test_a_field_that_only_some_touch() -> None:
    """The others are refused, each by itself."""
    touched, other = await at_gate(), await at_gate(mobile="0551112299", rank="consultant")

    found = await decided([other, touched], RETURN)

    assert found[touched].status is Status.RETURNED
    assert isinstance(found[other].refused, ReasonMissing)


async def test_a_claim_that_is_over_and_what_is_put_aside_end() -> None:
    """With their lines of history, as by a lone decision."""
    code, refused = await at_gate(), await at_gate()
    for each in (code, refused):
        await claim(each, "basim", now=NOW - timedelta(days=1))
    async with transaction() as session:
        request = await find_request(session, code)
        session.add(
            PutAside(
                request_id=request.id, round=1, officer="basim", reason="x", since=NOW, until=NOW
            )
        )
    await change(refused, round=2)

    await decided([code, refused], Ruling(verdict=Verdict.APPROVE, officer="amal", round=1))

    assert await happened(code) == ["claimed", "released claim_ran_out", "approved"]
    assert await happened(refused) == ["claimed"]
    async with transaction() as session:
        assert [row.ended_at for row in (await session.exec(select(PutAside))).all()] == [NOW]


async def test_of_two_who_want_one_identity_number_one_is_approved() -> None:
    """Also in one press: the second is judged by what the first has brought."""
    number = luhn_number("77777777")
    codes = [await at_gate(identity_number=number) for _ in range(2)]

    found = await decided(codes)

    assert Counter(type(one.refused) for one in found.values()) == {
        type(None): 1,
        NotApprovable: 1,
    }


async def test_those_who_want_numbers_are_settled_in_the_order_of_the_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two sets at once take the locks of the numbers in one order, whatever their codes are."""
    given = iter(["ZZZZ-ZZZZ", "0000-0000"])
    monkeypatch.setattr(
        "desk.requests.accepting.make_tracking_code", lambda _random_bytes: next(given)
    )
    numbers = sorted(luhn_number(seed) for seed in ("66666666", "77777777"))
    codes = [await at_gate(identity_number=number) for number in numbers]

    await decided(sorted(codes))

    async with transaction() as session:
        approved = (
            select(RequestEvent.request_id)
            .where(col(RequestEvent.what) == Status.APPROVED)
            .order_by(col(RequestEvent.id))
        )
        in_order = (await session.exec(approved)).all()
        ids = [(await find_request(session, code)).id for code in codes]
    assert list(in_order) == ids


async def test_run_again_it_says_what_was_done_and_changes_nothing() -> None:
    """What the officer had decided just so is told apart from what is refused."""
    codes = [await at_gate() for _ in range(2)]
    await _decided(codes[1])
    await decided([codes[0]])
    before = [await left_behind(code) for code in codes]

    again = await decided([*codes, codes[0]])

    assert [again[code].is_done_before for code in codes] == [True, False]
    assert all(isinstance(one.refused, ReviewAlreadyDecided) for one in again.values())
    assert [await left_behind(code) for code in codes] == before


async def test_killed_between_two_chunks_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was told is kept, the rest is as it was, and the next run decides just that."""
    monkeypatch.setattr("desk.register.in_chunks.CHUNK", 2)
    codes = [await at_gate() for _ in range(5)]
    told = []

    async for one in decide_many(codes, APPROVE, now=NOW):
        told.append(one.tracking_code)
        if len(told) == 2:
            break

    async with transaction() as session:
        assert len((await session.exec(select(Decision))).all()) == len(told)
    again = await decided(codes)
    assert {code for code, one in again.items() if one.is_done_before} == set(told)
    async with transaction() as session:
        rows = (await session.exec(select(Request.status))).all()
        assert set(rows) == {Status.APPROVED}
        assert len((await session.exec(select(Decision))).all()) == len(codes)
