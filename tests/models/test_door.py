"""The one door: what it lets through, what it refuses, and two who come at once."""

import asyncio
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import col

from desk.requests.waiting import load_request
from models import door
from models.bells import DOORBELL, listening
from models.database import transaction
from models.door import APPLICANT, Actor, change_status, change_statuses, record, record_all, ring
from models.requests import Request, RequestEvent, find_request, history
from rules.requests.events import EventName
from rules.requests.statuses import ActorKind, Status
from rules.requests.transitions import TRANSITIONS, TransitionRefused, may
from support.people import RAHUL, employer_letter, register_people
from support.requests import NOW, request_at_gate

LATER = NOW + timedelta(hours=3)


@pytest.fixture
async def code(database: str) -> str:
    """A request that waits at the gate."""
    await register_people()
    return await request_at_gate()


async def put(code: str, status: Status) -> None:
    """Make the request stand here, past the door: only a test may."""
    async with transaction() as session:
        await session.exec(
            update(Request).where(col(Request.tracking_code) == code).values(status=status)
        )


async def move(code: str, to: Status, by: ActorKind) -> None:
    async with transaction() as session:
        request = await find_request(session, code)
        await change_status(session, request, to, by=Actor(by), now=LATER)


async def told(code: str) -> list[RequestEvent]:
    async with transaction() as session:
        return await history(session, (await find_request(session, code)).id)


@pytest.mark.parametrize(("from_", "to"), TRANSITIONS, ids=lambda status: status.value)
async def test_an_allowed_change_moves_the_row_and_writes_one_line(
    from_: Status, to: Status, code: str
) -> None:
    """The status, since when, and the line that says so, in one transaction."""
    await put(code, from_)
    by = min(TRANSITIONS[from_, to])
    before = len(await told(code))

    await move(code, to, by)

    request, events = await load_request(code), await told(code)
    assert (request.status, request.status_since) == (to, LATER)
    assert len(events) == before + 1
    line = events[-1]
    assert (line.what, line.from_status, line.to_status) == (EventName(to), from_, to)
    assert (line.actor_kind, line.at, line.round) == (by, LATER, request.round)


async def rahuls() -> str:
    """A second request that waits at the gate."""
    return await request_at_gate(
        {
            "registration_number": RAHUL["registration_number"],
            "changes": {"specialty": "pharmacy"},
            "documents": [
                employer_letter(NOW.date()),
                employer_letter(NOW.date())
                | {"kind": "residence_card", "expires_on": "2028-01-01"},
            ],
            "confirmed_by_applicant": True,
            "idempotency_key": "rahul-specialty-1",
        }
    )


async def test_a_change_moves_no_other_request(code: str) -> None:
    """Two wait at the gate; one is moved."""
    other = await rahuls()

    await move(code, Status.APPROVED, ActorKind.OFFICER)

    assert (await load_request(other)).status == Status.UNDER_REVIEW


async def move_all(codes: list[str], to: Status) -> None:
    async with transaction() as session:
        requests = [await find_request(session, code) for code in codes]
        by = Actor(ActorKind.OFFICER)
        await change_statuses(session, requests, to, by=by, now=LATER, in_bulk=True)


async def test_many_are_moved_each_with_its_line(code: str) -> None:
    """As one is."""
    codes = [code, await rahuls()]

    await move_all(codes, Status.APPROVED)

    for each in codes:
        row, line = await load_request(each), (await told(each))[-1]
        assert (row.status, row.status_since) == (Status.APPROVED, LATER)
        assert (line.what, line.from_status) == (EventName.APPROVED, Status.UNDER_REVIEW)


async def test_whoever_moves_many_waits_for_none_of_them(code: str) -> None:
    """By one press: they are carried behind what somebody waits for; one alone is ahead again."""
    codes = [code, await rahuls()]

    await move_all(codes, Status.RETURNED)
    many = [(await load_request(each)).in_bulk for each in codes]
    await move(code, Status.SUBMITTED, ActorKind.APPLICANT)

    assert (many, (await load_request(code)).in_bulk) == ([True, True], False)


async def test_the_pipeline_leaves_it_as_it_came(code: str) -> None:
    """A request of a file's is one of many until a person moves it."""
    codes = [code, await rahuls()]
    await move_all(codes, Status.APPROVED)

    await move(code, Status.AWAITING_ACTIVATION, ActorKind.PIPELINE)

    assert (await load_request(code)).in_bulk


async def test_what_is_done_to_requests_is_told_in_the_trace_of_each(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To one, to many, and where they move."""
    codes, told, by = [code, await rahuls()], list[UUID](), Actor(ActorKind.OFFICER, "amal")
    monkeypatch.setattr(door, "note_moved", told.extend)

    async with transaction() as session:
        requests = [await find_request(session, each) for each in codes]
        record(session, requests[1], EventName.CLAIMED, by=by, now=LATER)
        await record_all(session, requests, EventName.CLAIMED, by=by, now=LATER)
        await change_statuses(session, requests, Status.APPROVED, by=by, now=LATER)

    one, other = (request.id for request in requests)
    assert told == [other, one, other, one, other]


async def test_the_line_of_a_change_says_its_reason(code: str) -> None:
    """Of one and of many; a row that was changed besides is written with it, in full."""
    codes, by = [code, await rahuls()], Actor(ActorKind.OFFICER, "amal")
    async with transaction() as session:
        requests = [await find_request(session, each) for each in codes]
        for request in requests:
            request.corrections, request.closes_at = [{"field": "mobile"}], LATER
        await change_statuses(
            session, requests, Status.RETURNED, by=by, now=LATER, reason_code="unclear"
        )
    async with transaction() as session:
        request = await find_request(session, code)
        await change_status(
            session, request, Status.WITHDRAWN, by=APPLICANT, now=LATER, reason_code="over"
        )

    assert [line.reason_code for line in (await told(code))[-2:]] == ["unclear", "over"]
    row, line = await load_request(codes[1]), (await told(codes[1]))[-1]
    assert (row.corrections, row.closes_at) == ([{"field": "mobile"}], LATER)
    assert (line.actor, line.reason_code) == ("amal", "unclear")


async def test_what_was_recorded_before_a_change_comes_before_it(code: str) -> None:
    """The history says what happened in the order in which it did."""
    codes, by = [code, await rahuls()], Actor(ActorKind.OFFICER, "amal")
    async with transaction() as session:
        requests = [await find_request(session, each) for each in codes]
        for request in requests:
            record(session, request, EventName.RELEASED, by=by, now=LATER)
        await record_all(session, requests, EventName.CLAIMED, by=by, now=LATER)
        for request in requests:
            record(session, request, EventName.RELEASED, by=by, now=LATER, reason_code="over")
        await change_statuses(session, requests, Status.APPROVED, by=by, now=LATER)

    for each in codes:
        lines = [(line.what, line.actor, line.reason_code) for line in (await told(each))[-4:]]
        assert lines == [
            (EventName.RELEASED, "amal", None),
            (EventName.CLAIMED, "amal", None),
            (EventName.RELEASED, "amal", "over"),
            (EventName.APPROVED, "amal", None),
        ]


async def test_a_change_rings_the_doorbell(code: str) -> None:
    """Whoever waits for it looks again."""
    async with listening("test", [DOORBELL]) as bells:
        await move(code, Status.APPROVED, ActorKind.OFFICER)

        assert await anext(bells.rings()) == DOORBELL


@pytest.mark.usefixtures("database")
async def test_the_doorbell_can_be_rung_without_a_change() -> None:
    """Whoever waits looks again where something else was done."""
    async with listening("test", [DOORBELL]) as bells:
        async with transaction() as session:
            await ring(session)

        assert await anext(bells.rings()) == DOORBELL


async def test_of_many_one_that_may_not_move_keeps_all_where_they_are(code: str) -> None:
    """The refusal names that one."""
    other = await rahuls()
    await put(other, Status.REJECTED)

    with pytest.raises(TransitionRefused) as refused:
        await move_all([code, other], Status.APPROVED)

    assert refused.value.tracking_code == other
    assert (await load_request(code)).status == Status.UNDER_REVIEW


async def test_many_of_whom_one_was_moved_meanwhile_stay_where_they_are(code: str) -> None:
    """The guard in SQL asks for each row."""
    other = await rahuls()
    by = Actor(ActorKind.OFFICER)
    async with transaction() as late:
        stale = [await find_request(late, each) for each in (code, other)]
        await move(other, Status.RETURNED, ActorKind.OFFICER)
        with pytest.raises(TransitionRefused) as refused:
            await change_statuses(late, stale, Status.APPROVED, by=by, now=NOW)
        await late.rollback()

    assert refused.value.tracking_code == other
    assert (await load_request(code)).status == Status.UNDER_REVIEW
    assert (await load_request(other)).status == Status.RETURNED


@pytest.mark.parametrize("from_", Status)
async def test_a_forbidden_change_leaves_everything_as_it_was(from_: Status, code: str) -> None:
    """From this status, to any other, by anybody whom the table does not name."""
    await put(code, from_)
    before = await told(code)
    tries = [(to, by) for to, by in product(Status, ActorKind) if not may(by, from_, to)]

    refused = [await refusal_of(code, to, by) for to, by in tries]

    assert [(each.tracking_code, each.from_, each.to, each.by) for each in refused] == [
        (code, from_, to, by) for to, by in tries
    ]
    assert (await load_request(code)).status == from_
    assert await told(code) == before


async def refusal_of(code: str, to: Status, by: ActorKind) -> TransitionRefused:
    with pytest.raises(TransitionRefused) as refused:
        await move(code, to, by)
    return refused.value


async def test_who_read_the_request_before_it_moved_is_refused(code: str) -> None:
    """The guard is in SQL: a session that still sees the old status cannot write over the new."""
    async with transaction() as late:
        stale = await find_request(late, code)
        await move(code, Status.RETURNED, ActorKind.OFFICER)

        with pytest.raises(TransitionRefused) as refused:
            await change_status(late, stale, Status.APPROVED, by=Actor(ActorKind.OFFICER), now=NOW)

    said = refused.value
    assert (said.tracking_code, said.by) == (code, ActorKind.OFFICER)
    assert (said.from_, said.to) == (Status.UNDER_REVIEW, Status.APPROVED)
    assert (await load_request(code)).status == Status.RETURNED
    assert (await told(code))[-1].what == EventName.RETURNED


async def test_of_two_at_once_one_passes(code: str) -> None:
    """Both have read the request at the gate; the second waits for the first, and is refused."""
    both_have_read = asyncio.Barrier(2)

    async def come(to: Status) -> None:
        async with transaction() as session:
            request = await find_request(session, code)
            await both_have_read.wait()
            await change_status(session, request, to, by=Actor(ActorKind.OFFICER), now=NOW)

    outcomes = await asyncio.gather(
        come(Status.APPROVED), come(Status.REJECTED), return_exceptions=True
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "NoneType",
        "TransitionRefused",
    ]
    moves = [line for line in await told(code) if line.from_status == Status.UNDER_REVIEW]
    assert [line.to_status for line in moves] == [(await load_request(code)).status]


async def test_whoever_moves_it_sees_it_moved(code: str) -> None:
    """The row in hand says what the table says, before anything is read again."""
    async with transaction() as session:
        request = await find_request(session, code)
        await change_status(
            session, request, Status.APPROVED, by=Actor(ActorKind.OFFICER), now=LATER
        )

        assert (request.status, request.status_since) == (Status.APPROVED, LATER)


async def test_a_history_begins_with_the_status_it_begins_in(code: str) -> None:
    """Before it there was none."""
    first = (await told(code))[0]

    assert (first.what, first.from_status, first.to_status) == (
        EventName.SUBMITTED,
        None,
        Status.SUBMITTED,
    )
