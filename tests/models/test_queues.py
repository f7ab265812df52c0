"""The queues in SQL say of every request what the rules say."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from models.absences import Absence
from models.database import close_engine, transaction
from models.officers import find_officer
from models.practitioners import Practitioner
from models.queues import (
    ALL_OF_IT,
    MOST_COUNTED,
    Narrowed,
    PageEnd,
    count_queues,
    lock_next,
    officers_at_work,
    page_of_queue,
)
from models.requests import Decision, Request
from models.review_desk import PassedOn, PutAside
from models.waiting_decisions import WaitingDecision
from rules.requests.landing import Landing
from rules.requests.queues import AtTheDesk, Queue, may_be_next, queues_of
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Origin, Verdict
from rules.values.dates import riyadh_day
from support.databases import Databases, Filled
from support.people import register_people
from support.requests import NOW

PRESENT = 2
MOMENT = timedelta(microseconds=1)
TODAY = riyadh_day(NOW)
SOON, OVER = NOW + MOMENT, NOW
#: Claimed by whom, until when; "retired" has left, and "amal" is away.
CLAIMS = [
    None,
    ("rahul", SOON),
    ("rahul", OVER),
    ("basim", SOON),
    ("retired", SOON),
    ("amal", SOON),
]
#: By whom, from when, until when, and whether called off. Of Basim none holds today and counts.
ABSENCES = [
    ("amal", 0, 0, False),
    ("basim", -7, -1, False),
    ("basim", 1, 7, False),
    ("basim", -1, 1, True),
]
#: Put aside in which round, until when, and whether taken up again.
ASIDES = [
    None,
    (PRESENT, SOON, False),
    (PRESENT, OVER, False),
    (1, SOON, False),
    (PRESENT, SOON, True),
]
#: Approved in which round, by whom, and how many are needed.
APPROVALS = [(PRESENT, None, 1), (2, "rahul", 2), (2, "basim", 2), (1, "rahul", 2)]
DUE = [OVER, SOON]
SKIPS = [None, ("rahul", TODAY), ("rahul", TODAY - timedelta(days=1)), ("basim", TODAY)]


@dataclass(frozen=True)
class At:
    """One of the states."""

    claim: tuple[str, datetime] | None
    aside: tuple[int, datetime, bool] | None
    approval: tuple[int, str | None, int]
    skip: tuple[str, date] | None
    is_own: bool
    waits: bool
    due_at: datetime
    id: UUID = field(default_factory=uuid4)

    def request(self, practitioner_id: UUID) -> Request:
        """Its row."""
        return Request(
            id=self.id,
            kind=Kind.PROFILE_UPDATE,
            tracking_code=self.id.hex[:12],
            practitioner_id=practitioner_id,
            status=Status.UNDER_REVIEW,
            idempotency_key=self.id.hex,
            submission={},
            review_reasons=["names_changed"] if self.is_own else [],
            round=PRESENT,
            submitted_at=NOW,
            status_since=NOW,
            approvals_needed=self.approval[2],
            review_due_at=self.due_at,
            claimed_by=self.claim[0] if self.claim else None,
            claim_until=self.claim[1] if self.claim else None,
        )

    def notes(self) -> Iterator[PutAside | Decision | PassedOn | WaitingDecision]:
        """What officers noted of it."""
        round_, approver, _ = self.approval
        if self.aside:
            aside_in, until, is_ended = self.aside
            yield PutAside(
                request_id=self.id,
                round=aside_in,
                officer="basim",
                reason="why",
                since=NOW,
                until=until,
                ended_at=NOW if is_ended else None,
            )
        if approver:
            yield Decision(
                request_id=self.id,
                round=round_,
                officer=approver,
                verdict=Verdict.APPROVE,
                origin=Origin.PYTHON,
                decided_at=NOW,
            )
        if self.waits or self.aside:
            yield WaitingDecision(
                request_id=self.id,
                round=PRESENT,
                officer="amal",
                verdict=Verdict.APPROVE,
                origin=Origin.DESK_PAGE,
                put_down_at=NOW,
                lands_at=SOON,
                ended_at=None if self.waits else NOW,
                outcome=None if self.waits else Landing.TAKEN_BACK,
            )
        if self.skip:
            yield PassedOn(
                request_id=self.id, officer=self.skip[0], day=self.skip[1], reason="why", at=NOW
            )

    def state(self) -> AtTheDesk:
        """What the rules know of it."""
        round_, approver, needed = self.approval
        is_aside = self.aside is not None and self.aside[0] == PRESENT and not self.aside[2]
        return AtTheDesk(
            due_at=self.due_at,
            claimed_by=self.claim[0] if self.claim else None,
            claim_until=self.claim[1] if self.claim else None,
            is_holder_active=self.claim is None or self.claim[0] != "retired",
            is_holder_away=self.claim is not None and self.claim[0] == "amal",
            held_until=self.aside[1] if self.aside and is_aside else None,
            approvals_needed=needed,
            approved_by=frozenset({approver} if approver and round_ == PRESENT else ()),
            skipped=frozenset({self.skip} if self.skip else ()),
            decision_waits=self.waits,
            own_of="rahul" if self.is_own else None,
        )


class Desk:
    """A request in every state that the desk knows."""

    def __init__(self, *, own: UUID, other: UUID) -> None:
        combined = product(CLAIMS, ASIDES, APPROVALS, SKIPS, [True, False])
        # Of six, five, then four states each: both days are with each of them.
        dated = [(*state, DUE[number // 3 % 2]) for number, state in enumerate(combined)]
        all_ = [At(*state, waits, due_at) for waits in (False, True) for *state, due_at in dated]
        self.states = {one.id: one.state() for one in all_}
        self.requests = [one.request(own if one.is_own else other) for one in all_]
        self.notes = [note for one in all_ for note in one.notes()]


@pytest.fixture(scope="module")
def filled(databases: Databases) -> Iterator[Filled[Desk]]:
    """Some thousand rows, written once: no test here leaves a change."""
    with databases.filled(write_desk) as filled:
        yield filled


@pytest.fixture
async def desk(filled: Filled[Desk], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """All of the states, on rows."""
    monkeypatch.setenv("DATABASE_URL", filled.url)
    yield filled.made
    await close_engine()


async def write_desk() -> Desk:
    """Each state as a request with its notes."""
    await register_people()
    async with transaction() as session:
        # So many open requests of two people: which of them may be open is no rule of this test.
        await (await session.connection()).execute(text("DROP INDEX one_open_request_per_kind"))
        officer = await find_officer(session, "rahul")
        others = select(Practitioner.id).where(col(Practitioner.id) != officer.practitioner_id)
        noura = (await session.exec(others)).one()
        assert officer.practitioner_id is not None
        desk = Desk(own=officer.practitioner_id, other=noura)
        absences = [
            Absence(
                officer=name,
                first_day=TODAY + timedelta(days=first),
                last_day=TODAY + timedelta(days=last),
                said_by=name,
                said_at=NOW,
                ended_at=NOW if is_ended else None,
                ended_by=name if is_ended else None,
            )
            for name, first, last, is_ended in ABSENCES
        ]
        for rows in (desk.requests, desk.notes, absences):
            session.add_all(rows)
            await session.flush()
    return desk


async def test_each_request_is_in_the_queues_that_its_state_names(desk: Desk) -> None:
    """In exactly those, for each officer; the counts are those of the lists."""
    for officer in ("rahul", "basim"):
        await see_queues(desk, officer)


async def see_queues(desk: Desk, officer: str) -> None:
    """Hold what SQL finds for the officer against the rules."""
    async with transaction() as session:
        counts = await count_queues(session, officer, ALL_OF_IT, now=NOW)
        lists = {
            queue: await page_of_queue(
                session, queue, officer, ALL_OF_IT, now=NOW, limit=len(desk.states)
            )
            for queue in Queue
        }

    for queue, listed in lists.items():
        named = {
            id_ for id_, state in desk.states.items() if queue in queues_of(state, officer, NOW)
        }
        assert {row.id for row in listed} == named
        assert len(listed) == len(named) > 0
        assert counts[queue] == min(len(named), MOST_COUNTED + 1)


@pytest.mark.parametrize("queue", [Queue.ALL, Queue.TO_TAKE, Queue.SECOND_OFFICER, Queue.LATE])
@pytest.mark.parametrize("officer", ["rahul", "basim"])
async def test_next_gives_all_that_may_be_given_and_nothing_else(
    desk: Desk, officer: str, queue: Queue
) -> None:
    """Most urgent first, and of the list that is worked through."""
    given = []
    async with transaction() as session:
        found = await find_officer(session, officer)
        while row := await lock_next(session, found, ALL_OF_IT, now=NOW, today=TODAY, queue=queue):
            given.append(row.id)
            row.status = Status.REJECTED
            await session.flush()
        await session.rollback()

    may_be = {
        id_
        for id_, state in desk.states.items()
        if may_be_next(state, officer, NOW, TODAY) and queue in queues_of(state, officer, NOW)
    }
    assert given
    assert set(given) == may_be
    assert given == sorted(given, key=lambda id_: (desk.states[id_].due_at, id_))


async def test_pages_follow_each_other_without_a_gap(desk: Desk) -> None:
    """Whatever is due at the same instant."""
    paged: list[UUID] = []
    after: PageEnd | None = None
    async with transaction() as session:
        whole = await page_of_queue(
            session, Queue.ALL, "basim", ALL_OF_IT, now=NOW, limit=len(desk.states)
        )
        while page := await page_of_queue(
            session, Queue.ALL, "basim", ALL_OF_IT, now=NOW, limit=300, after=after
        ):
            paged += [row.id for row in page]
            last = page[-1]
            assert last.review_due_at is not None
            after = PageEnd(last.review_due_at, last.id)

    assert paged == [row.id for row in whole]


async def test_a_queue_is_narrowed(desk: Desk) -> None:
    """The counts too."""
    listed_ones = [one for one in desk.states.values() if not one.decision_waits]
    parts = {
        Narrowed(kind=Kind.PROFILE_UPDATE): 1,
        Narrowed(kind=Kind.CARD_RENEWAL): 0,
        Narrowed(reason="names_changed"): 0.5,
        Narrowed(reason="names"): 0,
        Narrowed(due_by=OVER): sum(one.due_at <= OVER for one in listed_ones) / 960,
        Narrowed(due_by=SOON, due_after=OVER): sum(one.due_at > OVER for one in listed_ones) / 960,
        Narrowed(due_by=SOON): 1,
        Narrowed(due_by=OVER, due_after=OVER): 0,
        # A claim that has run out, that of an officer who has left, and of one who is away, are
        # nobody's.
        Narrowed(held_by="rahul"): 1 / 6,
        Narrowed(held_by="retired"): 0,
        Narrowed(held_by="amal"): 0,
    }
    async with transaction() as session:
        for narrowed, part in parts.items():
            counts = await count_queues(session, "basim", narrowed, now=NOW)
            listed = await page_of_queue(
                session, Queue.ALL, "basim", narrowed, now=NOW, limit=len(desk.states)
            )

            assert counts[Queue.ALL] == len(listed) == len(listed_ones) * part


async def test_who_is_at_work_is_named_once(desk: Desk) -> None:
    """Neither whose claim has run out alone, nor who has left."""
    async with transaction() as session:
        assert await officers_at_work(session, now=NOW) == ["basim", "rahul"]
        assert await officers_at_work(session, now=SOON) == []
