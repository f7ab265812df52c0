"""A crowd that comes at once: few transactions, and each is told what it would be told alone."""

import asyncio
from typing import Any

import pytest
from sqlmodel import select

from desk.kinds.reading import SubmissionRefused
from desk.requests import accepting, submission
from desk.requests.accepting import IdempotencyKeyReused
from desk.requests.at_the_gate import ReviewAlreadyDecided
from desk.requests.review import Ruling, decide
from desk.requests.submission import accept, accept_once
from models.database import transaction
from models.letters import Letter
from models.requests import Decision, Request, RequestUnknown, find_request, history, ids_of
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Origin, Verdict
from support.deciding import at_gate
from support.people import contact_change, register_applicant, register_people
from support.racing import until_somebody_waits
from support.requests import NOW
from support.statements import statements
from traces.work import WorkDone, work

APPROVE = Ruling(verdict=Verdict.APPROVE, officer="amal")
KIND = Kind.PROFILE_UPDATE


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def wishes(many: int) -> list[dict[str, Any]]:
    """Of so many people."""
    numbers = [(await register_applicant()).registration_number for _ in range(many)]
    return [contact_change(registration_number=each, idempotency_key=each) for each in numbers]


def commits(told: list[str]) -> int:
    """How many transactions kept requests or decided them."""
    return sum("INSERT INTO request_events" in each for each in told)


async def test_submissions_that_come_at_once_are_few_transactions() -> None:
    """The first alone, the others with each other: each a request with its history and letter."""
    crowd = await wishes(8)

    with statements() as told:
        requests = await asyncio.gather(*(accept(KIND, each, now=NOW) for each in crowd))

    assert commits(told) == 2
    keys = [each["idempotency_key"] for each in crowd]
    assert [each.idempotency_key for each in requests] == keys
    async with transaction() as session:
        said = [await history(session, each.id) for each in requests]
        owed = (await session.exec(select(Letter.request_id))).all()
        in_bulk = (await session.exec(select(Request.in_bulk))).all()
    assert [[line.what for line in lines] for lines in said] == [["submitted"]] * 8
    assert sorted(owed, key=str) == sorted((each.id for each in requests), key=str)
    assert set(in_bulk) == {False}  # somebody waits for each


async def test_a_wish_that_is_refused_spoils_nobody_elses() -> None:
    """Each hears of its own problems."""
    crowd = await wishes(4)
    crowd[2]["changes"] = {"mobile": "1"}

    found = await asyncio.gather(
        *(accept(KIND, each, now=NOW) for each in crowd), return_exceptions=True
    )

    refused = found.pop(2)
    assert isinstance(refused, SubmissionRefused)
    assert [each.code for each in refused.problems] == ["mobile_form"]
    assert all(isinstance(each, Request) for each in found)


async def test_one_key_at_once_is_one_request() -> None:
    """Also beside others; with another content it is refused."""
    (first, other, own) = await wishes(3)
    stolen = other | {"idempotency_key": own["idempotency_key"]}

    found = await asyncio.gather(
        *(accept_once(KIND, each, now=NOW) for each in (first, own, own, own, stolen, other)),
        return_exceptions=True,
    )

    refused = found.pop(4)
    assert isinstance(refused, IdempotencyKeyReused)
    mine = [each for each in found[1:4] if not isinstance(each, BaseException)]
    assert len({each.request.id for each in mine}) == 1
    assert sorted(each.is_new for each in mine) == [False, False, True]


async def test_a_fault_in_a_set_is_nobodys_but_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that breaks on one of them: the others are requests."""
    crowd = await wishes(4)
    bad = crowd[2]["idempotency_key"]

    async def breaking(session: Any, kind: Any, reads: Any, **more: Any) -> Any:
        if any(read.key == bad for read in reads):
            raise ZeroDivisionError
        return await accepting.accept_set(session, kind, reads, **more)

    monkeypatch.setattr(submission, "accept_set", breaking)

    found = await asyncio.gather(
        *(accept(KIND, each, now=NOW) for each in crowd), return_exceptions=True
    )

    assert isinstance(found.pop(2), ZeroDivisionError)
    assert all(isinstance(each, Request) for each in found)


async def test_each_is_in_the_trace_of_its_own_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever's set it was accepted or decided in."""
    monkeypatch.setattr("traces.work.is_traced", lambda: True)
    monkeypatch.setattr("desk.requests.review.is_traced", lambda: True)
    monkeypatch.setattr("traces.spans.tell", lambda *_, **__: None)

    async def pressed(doing: Any) -> tuple[Any, WorkDone]:
        with work("a press") as press:
            assert press is not None
            return await doing, press

    accepted = await asyncio.gather(
        *(pressed(accept(KIND, each, now=NOW)) for each in await wishes(3))
    )
    codes = [await at_gate() for _ in range(3)]
    decided = await asyncio.gather(*(pressed(decide(each, APPROVE, now=NOW)) for each in codes))

    assert [press.begun for _, press in accepted] == [{each.id} for each, _ in accepted]
    async with transaction() as session:
        ids = await ids_of(session, codes)
    assert [[*press.requests] for _, press in decided] == [[ids[code]] for code in codes]


async def test_decisions_that_come_at_once_are_few_transactions() -> None:
    """Of several officers; each moves its request, and its applicant waits for what follows."""
    codes = [await at_gate() for _ in range(7)]
    rulings = [APPROVE if number % 2 else others("basim") for number in range(7)]

    with statements() as told:
        found = await asyncio.gather(
            *(decide(code, ruling, now=NOW) for code, ruling in zip(codes, rulings, strict=True))
        )

    assert commits(told) == 3  # the first, and of the others one for each officer
    assert sum("FOR UPDATE" in each for each in told) == 2
    assert found == [Status.APPROVED] * 7
    async with transaction() as session:
        requests = [await find_request(session, code) for code in codes]
        by = dict((await session.exec(select(Decision.request_id, Decision.officer))).all())
    assert [by[each.id] for each in requests] == [ruling.officer for ruling in rulings]
    assert {each.in_bulk for each in requests} == {False}


def others(officer: str) -> Ruling:
    """An approval by this one."""
    return Ruling(verdict=Verdict.APPROVE, officer=officer, origin=Origin.PYTHON)


async def test_one_request_decided_at_once_is_decided_once() -> None:
    """Beside others: the first ruling counts, and the second hears that it came late."""
    first, code, other = [await at_gate() for _ in range(3)]

    found = await asyncio.gather(
        decide(first, APPROVE, now=NOW),
        decide(code, APPROVE, now=NOW),
        decide(code, others("basim"), now=NOW),
        decide("AAAA-AAAA", APPROVE, now=NOW),
        decide(other, APPROVE, now=NOW),
        return_exceptions=True,
    )

    first_said, said, second, nobodys, last = found
    assert {first_said, said, last} == {Status.APPROVED}
    assert isinstance(second, ReviewAlreadyDecided)
    assert isinstance(nobodys, RequestUnknown)


async def test_nobody_waits_for_a_request_that_somebody_else_holds() -> None:
    """Its own decision waits; those that came with it are through."""
    codes = [await at_gate() for _ in range(4)]
    async with transaction() as session:
        await find_request(session, codes[2], lock=True)
        deciding = [asyncio.ensure_future(decide(code, APPROVE, now=NOW)) for code in codes]
        await until_somebody_waits()
        assert [each.done() for each in deciding] == [True, True, False, True]

    assert await asyncio.gather(*deciding) == [Status.APPROVED] * 4
