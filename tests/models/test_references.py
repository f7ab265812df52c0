"""Reference numbers under concurrency."""

import asyncio

import pytest

from models.database import transaction
from models.references import next_sequence


async def take(*, fail: bool = False) -> int:
    async with transaction() as session:
        number = await next_sequence(session, kind="profile_update", calendar="hijri", year=1448)
        if fail:
            raise RuntimeError("the transaction does not commit")
        return number


async def test_five_hundred_at_once_are_unique_and_without_gaps(database: str) -> None:
    """Every number from 1 to 500, each once."""
    numbers = await asyncio.gather(*(take() for _ in range(500)))

    assert sorted(numbers) == list(range(1, 501))


async def test_a_transaction_that_fails_gives_its_number_back(database: str) -> None:
    """There is no gap where a request's transaction did not commit."""
    await take()
    with pytest.raises(RuntimeError):
        await take(fail=True)

    assert await take() == 2
