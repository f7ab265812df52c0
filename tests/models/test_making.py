"""Rows that are made quickly are the rows that their class makes."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import SQLModel

from models.database import transaction
from models.letters import Letter
from models.links import ActivationLink
from models.making import maker
from models.officers import Officer
from models.requests import Decision, Request, RequestEvent
from models.submission_keys import SubmissionKey

ID = UUID(int=7)


def columns(row: SQLModel) -> dict[str, Any]:
    return {name: value for name, value in row.__dict__.items() if name != "_sa_instance_state"}


@pytest.mark.parametrize(
    "table", [ActivationLink, Decision, Letter, Officer, Request, RequestEvent, SubmissionKey]
)
def test_a_row_is_the_one_that_its_class_makes(table: type[SQLModel]) -> None:
    """What is not said is what it is by default."""
    said = {name: name for name, field in table.model_fields.items() if field.is_required()}
    said |= {"id": ID} if "id" in table.model_fields else {}

    assert columns(maker(table)(**said)) == columns(table(**said))


def test_each_row_has_its_own_defaults() -> None:
    """An id, and a list that nobody else adds to."""
    new: Any = maker(Request)

    one, other = new(), new()
    one.corrections.append({})

    assert one.id != other.id
    assert other.corrections == []


async def test_a_session_writes_it_as_any_other(database: str) -> None:
    """And notices what is changed on it afterwards."""
    made = maker(Officer)(user_name="huda")

    async with transaction() as session:
        session.add(made)
        await session.flush()
        made.active = False

    async with transaction() as session:
        kept = await session.get_one(Officer, "huda")
    assert columns(kept) == columns(made)
    assert not kept.active
