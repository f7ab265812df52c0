"""Requests come in with all that names them, in one statement; what is not new takes nothing in."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import SQLModel, select

from models.bells import DOORBELL, listening
from models.database import transaction
from models.door import APPLICANT
from models.entry import keep_submitted
from models.letters import Letter, new_letter
from models.practitioners import find_practitioner
from models.requests import Request, RequestEvent
from models.submission_keys import SubmissionKey
from rules.requests.statuses import Kind
from support.people import RAHUL, register_people
from support.requests import NOW


@pytest.fixture
async def person(database: str) -> UUID:
    """Somebody on the register."""
    await register_people()
    async with transaction() as session:
        return (await find_practitioner(session, RAHUL["registration_number"])).id


def request(person: UUID, key: str) -> Request:
    return Request(
        kind=Kind.PROFILE_UPDATE,
        tracking_code=f"code-{key}",
        practitioner_id=person,
        idempotency_key=key,
        submission={},
        submitted_at=NOW,
        status_since=NOW,
        language="ar",
    )


def key_of(of: Request, key: str) -> SubmissionKey:
    return SubmissionKey(
        kind=of.kind, idempotency_key=key, request_id=of.id, contents=[], first_used_at=NOW
    )


def letter_of(of: Request) -> Letter:
    return new_letter(
        key=of.tracking_code,
        request_id=of.id,
        letter="received",
        to_address="a@example.com",
        facts={},
        now=NOW,
    )


async def kept(model: type[SQLModel]) -> list[Any]:
    async with transaction() as session:
        return list((await session.exec(select(model))).all())


async def test_a_request_comes_in_with_its_history_and_what_names_it(person: UUID) -> None:
    """And each table's new rows are told by themselves; one without rows too."""
    new = request(person, "a")
    async with transaction() as session:
        told = await keep_submitted(
            session, [new], [key_of(new, "a")], [], [letter_of(new)], by=APPLICANT, now=NOW
        )

    assert told == [[(str(new.id),)], [("profile_update", "a")], [], [(str(letter_of(new).id),)]]
    assert [row.id for row in await kept(Request)] == [new.id]
    assert [(row.request_id, row.what) for row in await kept(RequestEvent)] == [
        (new.id, "submitted")
    ]
    assert [row.request_id for row in await kept(Letter)] == [new.id]


async def test_a_request_that_meets_another_leaves_nothing(person: UUID) -> None:
    """One practitioner's second: neither history nor letter of it, and the other one stays."""
    first, second = request(person, "a"), request(person, "b")
    async with transaction() as session:
        await keep_submitted(session, [first], [letter_of(first)], by=APPLICANT, now=NOW)
    async with transaction() as session:
        told = await keep_submitted(
            session, [second], [key_of(second, "b")], [letter_of(second)], by=APPLICANT, now=NOW
        )

    assert told == [[], [], []]
    for model in (RequestEvent, Letter):
        assert {row.request_id for row in await kept(model)} == {first.id}
    assert await kept(SubmissionKey) == []


async def test_a_key_that_is_there_stays_and_is_not_told(person: UUID) -> None:
    """The caller sees by it that somebody else was first."""
    first, second = request(person, "a"), request(person, "b")
    second.kind = Kind.CARD_RENEWAL
    async with transaction() as session:
        await keep_submitted(session, [first], [key_of(first, "k")], by=APPLICANT, now=NOW)
    taken = key_of(second, "k")
    taken.kind = Kind.PROFILE_UPDATE
    async with transaction() as session:
        new, keys = await keep_submitted(session, [second], [taken], by=APPLICANT, now=NOW)

    assert (len(new), keys) == (1, [])
    assert {row.request_id for row in await kept(SubmissionKey)} == {first.id}


async def test_the_doorbell_rings_for_what_came_in(person: UUID) -> None:
    """Whoever carries requests hears of it when it is committed."""
    async with listening("test", [DOORBELL]) as bells:
        async with transaction() as session:
            await keep_submitted(session, [request(person, "a")], by=APPLICANT, now=NOW)

        async with asyncio.timeout(60):
            assert await anext(bells.rings()) == DOORBELL


async def test_nothing_to_keep_asks_nothing(database: str) -> None:
    """Of any table."""
    async with transaction() as session:
        assert await keep_submitted(session, [], [], by=APPLICANT, now=NOW) == [[], []]
    assert await kept(Request) == []
