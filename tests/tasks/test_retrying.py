"""What a step may raise, and when it is tried again."""

import pytest
from sqlalchemy import insert

from models.database import transaction
from models.reminders.mailbox_doubts import MailboxDoubt
from support.people import NOURA
from support.requests import NOW
from tasks.retrying import DatabaseAway, StepBroken, step_task


async def test_an_unforeseen_error_is_told_without_its_text() -> None:
    """Prefect keeps what a task raises; the text may hold what a person typed."""

    @step_task("stumble")
    async def stumble() -> None:
        raise ValueError(NOURA["email"])

    with pytest.raises(StepBroken, match=r"stumble: ValueError at test_retrying\.py:\d+") as broken:
        await stumble.fn()

    assert broken.value.__suppress_context__
    assert NOURA["email"] not in str(broken.value)


async def test_a_row_that_is_refused_is_told_without_its_values(database: str) -> None:
    """PostgreSQL quotes the values of a key that is there already."""
    twice = [MailboxDoubt(address=NOURA["email"], since=NOW, last_at=NOW, server_reply="550")] * 2

    @step_task("insert twice")
    async def insert_twice() -> None:
        async with transaction() as session:
            await session.exec(insert(MailboxDoubt).values([one.model_dump() for one in twice]))

    with pytest.raises(StepBroken, match="insert twice: IntegrityError") as broken:
        await insert_twice.fn()

    assert NOURA["email"] not in str(broken.value)


async def test_a_database_that_is_away_is_a_passing_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is the one fault after which a step is tried again."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/none")

    @step_task("ask")
    async def ask() -> None:
        async with transaction() as session:
            await session.connection()

    with pytest.raises(DatabaseAway):
        await ask.fn()
