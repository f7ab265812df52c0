"""What a step asks of the database does not grow with the requests that it takes."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import col

from models.database import transaction
from models.requests import Request
from rules.requests.statuses import Kind, Status
from support.cards import register_holder, renewal
from support.people import specialty_change
from support.policies import PAID_FIRST, policy_with
from support.requests import NOW
from support.sets import rows, submitted
from support.statements import statements
from tasks.steps.activation_email import send_activation_email
from tasks.steps.in_force import NotInForce, confirm_in_force
from tasks.steps.payment import ask_for_payment
from tasks.steps.reference import issue_reference
from tasks.steps.step import Step
from tasks.steps.validation import validate

FEW, MANY = 2, 20
#: For any number of requests.
AT_MOST = 12
STEPS = {
    step.name: step for step in (validate, issue_reference, ask_for_payment, send_activation_email)
}


async def approve(ids: Sequence[UUID]) -> None:
    """Open the gate for those that wait at it, past the door: only a test may."""
    async with transaction() as session:
        await session.exec(
            update(Request)
            .where(col(Request.id).in_(ids), col(Request.status) == Status.UNDER_REVIEW)
            .values(status=Status.APPROVED)
        )


async def cost(step: Step, ids: Sequence[UUID]) -> int:
    """How many statements the step takes of these, each of which it moves on."""
    with statements() as said:
        assert await step.together(ids) == {}
    assert not any(step.is_due(row) for row in await rows(ids))
    return len(said)


async def costs(ids: Sequence[UUID]) -> dict[str, int]:
    """The same of every step up to the link's letter."""
    found = {}
    for name, step in STEPS.items():
        found[name] = await cost(step, ids)
        await approve(ids)
    return found


@pytest.mark.parametrize("wish", ["contact details", "specialty", "renewal", "renewal, paid first"])
async def test_many_take_as_many_statements_as_few(
    wish: str, database: str, tmp_path: Path
) -> None:
    """However they are judged, and whether they are billed."""
    changes = (PAID_FIRST,) if wish.endswith("paid first") else ()
    with policy_with(tmp_path, *changes):
        few = await costs(await wishes(wish, FEW))
        many = await costs(await wishes(wish, MANY))

    assert many == few
    assert max(few.values()) <= AT_MOST


async def wishes(wish: str, count: int) -> Sequence[UUID]:
    today = NOW.date()
    if wish == "contact details":
        return await submitted(count)
    if wish == "specialty":
        return await submitted(count, wish=partial(specialty_change, today))
    people = [await register_holder(expires_on=today.replace(day=28)) for _ in range(count)]
    return await submitted(kind=Kind.CARD_RENEWAL, wish=partial(renewal, today), people=people)


async def test_what_is_returned_takes_as_many_statements_as_one(database: str) -> None:
    """With the letters that say what to correct."""
    taken = []
    for count in (1, MANY):
        ids = await submitted(count)
        async with transaction() as session:
            for each in ids:
                row = await session.get_one(Request, each)
                row.submission = row.submission | {"changes": {"mobile": "12"}}
        taken.append(await cost(validate, ids))
        assert {row.status for row in await rows(ids)} == {Status.RETURNED}

    assert taken[0] == taken[1]


@pytest.mark.parametrize("count", [1, MANY])
async def test_to_see_that_they_are_in_force_takes_two_statements(
    count: int, database: str
) -> None:
    """The rows, and what was brought into force; what is not is named."""
    ids = await submitted(count)
    async with transaction() as session:
        await session.exec(update(Request).values(status=Status.ACTIVATED))

    with statements() as said, pytest.raises(NotInForce):
        await confirm_in_force.together(ids)

    assert len(said) == 2
