"""The steps of many requests at once: as of one, and what is not theirs is left alone."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from models.database import transaction
from models.letters import Letter
from models.references import ReferenceCounter
from models.request_sets import lock_requests
from models.requests import Request, RequestEvent
from rules.requests.reference_number import parse_reference
from rules.requests.statuses import Status
from support.racing import until_somebody_waits
from support.requests import NOW
from support.sets import rows, submitted
from tasks.steps import reference
from tasks.steps.activation_email import send_activation_email
from tasks.steps.reference import issue_reference
from tasks.steps.step import Step
from tasks.steps.validation import validate

TO_ACTIVATION = (validate, issue_reference, send_activation_email)


async def approved(count: int) -> list[UUID]:
    """The same, approved one hour after the other."""
    ids = await submitted(count)
    await validate.together(ids)
    async with transaction() as session:
        for hours, each in enumerate(ids):
            at = NOW + timedelta(hours=hours)
            await session.exec(
                update(Request).where(col(Request.id) == each).values(status_since=at)
            )
    return ids


async def sequences(ids: Sequence[UUID]) -> list[int]:
    return [parse_reference(str(row.reference_number)).sequence for row in await rows(ids)]


async def history_of(request_id: UUID) -> list[str]:
    async with transaction() as session:
        query = select(RequestEvent.what).where(col(RequestEvent.request_id) == request_id)
        return list((await session.exec(query.order_by(col(RequestEvent.id)))).all())


async def test_many_go_from_submission_to_their_letters(database: str) -> None:
    """Each with one reference, one letter and a whole history."""
    ids = await submitted(3)

    for step in TO_ACTIVATION:
        assert await step.together(ids) == {}

    assert {row.status for row in await rows(ids)} == {Status.AWAITING_ACTIVATION}
    assert sorted(await sequences(ids)) == [1, 2, 3]
    async with transaction() as session:
        query = select(Letter.request_id).where(col(Letter.letter) == "activation")
        assert sorted((await session.exec(query)).all(), key=str) == sorted(ids, key=str)
    for each in ids:
        assert await history_of(each) == [
            "submitted",
            "approved",
            "reference_issued",
            "awaiting_activation",
        ]


async def test_numbers_follow_the_order_of_approval(database: str) -> None:
    """Not that of the ids, by which the rows are locked, nor that of the call."""
    earliest, middle, latest = ids = await approved(3)
    async with transaction() as session:
        swapped = NOW + timedelta(days=1)
        await session.exec(
            update(Request).where(col(Request.id) == earliest).values(status_since=swapped)
        )

    await issue_reference.together(ids)

    assert await sequences([middle, latest, earliest]) == [1, 2, 3]


@pytest.mark.parametrize("step", TO_ACTIVATION, ids=lambda step: step.name)
async def test_done_again_nothing_happens(step: Step, database: str) -> None:
    """A wave that begins again passes over what is done."""
    ids = await submitted(2)
    for each in TO_ACTIVATION[: TO_ACTIVATION.index(step) + 1]:
        await each.together(ids)
    before = [await history_of(each) for each in ids]

    await step.together(ids)

    assert [await history_of(each) for each in ids] == before


@pytest.mark.parametrize("count", [1, 4])
async def test_two_at_once_do_it_once(count: int, database: str) -> None:
    """One alone waits for the other and finds it done; many are left to whoever has them."""
    ids = await approved(count)

    await asyncio.gather(*(issue_reference.together(ids) for _ in range(4)))

    assert sorted(await sequences(ids)) == list(range(1, count + 1))
    assert [(await history_of(each)).count("reference_issued") for each in ids] == [1] * count


async def test_one_that_somebody_holds_is_left_out_and_the_others_go_on(database: str) -> None:
    """It is still due, and waits for nobody."""
    held, *others = ids = await approved(3)

    async with transaction() as session:
        await lock_requests(session, [held])
        await issue_reference.together(ids)

    first, *rest = await rows([held, *others])
    assert issue_reference.is_due(first)
    assert not any(issue_reference.is_due(row) for row in rest)
    # It has no number to write: the next step leaves it alone as well.
    await send_activation_email.together(ids)
    assert (await rows([held]))[0].status == Status.APPROVED


async def test_one_alone_waits_for_whoever_holds_it(database: str) -> None:
    """A run that passed over its only step would take the next one too early."""
    ids = await approved(1)

    async with transaction() as session:
        await lock_requests(session, ids)
        waiting = asyncio.create_task(issue_reference.together(ids))
        await until_somebody_waits()
    await waiting

    assert await sequences(ids) == [1]


async def test_what_moved_meanwhile_is_left_alone(database: str) -> None:
    """One was withdrawn between two steps."""
    gone, *others = ids = await approved(3)
    async with transaction() as session:
        await session.exec(
            update(Request).where(col(Request.id) == gone).values(status=Status.WITHDRAWN)
        )

    for step in TO_ACTIVATION[1:]:
        await step.together(ids)

    (row,) = await rows([gone])
    assert (row.status, row.reference_number) == (Status.WITHDRAWN, None)
    assert {each.status for each in await rows(others)} == {Status.AWAITING_ACTIVATION}


async def test_a_fault_undoes_the_whole_set_and_leaves_no_gap(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The numbers of a block that was not kept are given to the next one."""
    ids = await approved(3)

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a fault when the numbers are written")

    with monkeypatch.context() as patch:
        patch.setattr(reference, "record_all", broken)
        with pytest.raises(RuntimeError):
            await issue_reference.together(ids)
    assert [row.reference_number for row in await rows(ids)] == [None] * 3

    await issue_reference.together(ids)

    assert sorted(await sequences(ids)) == [1, 2, 3]


async def test_a_request_whose_rules_fail_keeps_all_where_they_are(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What carries them halves the set, until it stands alone."""
    ids = await submitted(3)
    async with transaction() as session:
        poison = await session.get_one(Request, ids[1])
        poison.submission = {"nothing": "of the kind"}

    with pytest.raises(Exception, match="nothing"):
        await validate.together(ids)

    assert {row.status for row in await rows(ids)} == {Status.SUBMITTED}
    await validate.together([ids[0], ids[2]])
    assert {row.status for row in await rows([ids[0], ids[2]])} == {Status.APPROVED}


async def test_a_counter_that_lies_behind_is_moved_beyond_the_block(database: str) -> None:
    """Restored to an old value, it is set right by the first block that meets issued numbers."""
    before = await approved(3)
    await issue_reference.together(before)
    after = await approved(3)
    async with transaction() as session:
        await session.exec(update(ReferenceCounter).values(last=1))

    await issue_reference.together(after)
    last = await approved(2)
    await issue_reference.together(last)

    assert await sequences(after) == [4, 5, 6]
    assert await sequences(last) == [7, 8]
