"""Reference numbers under concurrency."""

import asyncio
import logging
from functools import partial
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, update

from models.database import transaction
from models.references import ReferenceCounter, _first_free, next_numbers, next_sequence
from models.requests import Request
from rules.requests.reference_number import format_reference
from rules.requests.statuses import Kind
from support.people import contact_change, register_applicant
from support.requests import NOW

YEAR = 1448
WRITTEN = partial(format_reference, Kind.PROFILE_UPDATE, YEAR)


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


async def issue() -> str:
    """The next reference number, given to a request."""
    applicant = await register_applicant()
    practitioner = await applicant.on_file()
    async with transaction() as session:
        (number,) = await next_numbers(
            session,
            Request.reference_number,
            WRITTEN,
            1,
            kind=Kind.PROFILE_UPDATE,
            calendar="hijri",
            year=YEAR,
        )
        key = uuid4().hex
        session.add(
            Request(
                kind=Kind.PROFILE_UPDATE,
                tracking_code=key[:8],
                practitioner_id=practitioner.id,
                idempotency_key=key,
                submission=contact_change(),
                submitted_at=NOW,
                status_since=NOW,
                reference_number=number,
            )
        )
    return number


@pytest.mark.parametrize("counter", [0, 2, 4, None])
async def test_a_counter_that_lies_behind_never_issues_a_number_again(
    database: str, counter: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    """Restored, set by hand or lost: it goes on after the highest that a row has, and says so."""
    issued = [await issue() for _ in range(5)]
    async with transaction() as session:
        await session.exec(
            delete(ReferenceCounter)
            if counter is None
            else update(ReferenceCounter).values(last=counter)
        )

    with caplog.at_level(logging.WARNING, "mumaris.references"):
        later = await asyncio.gather(*(issue() for _ in range(4)))

    assert issued == [WRITTEN(n) for n in range(1, 6)]
    assert sorted(later) == [WRITTEN(n) for n in range(6, 10)]
    (said,) = [record.getMessage() for record in caplog.records]
    assert f"numbers {(counter or 0) + 1} to 5 are issued already; it goes on at 6" in said


async def test_a_counter_that_is_right_says_nothing(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Also for the first number of a year."""
    assert [await issue() for _ in range(2)] == [WRITTEN(1), WRITTEN(2)]
    assert not [found for found in caplog.records if found.name == "mumaris.references"]


@given(taken=st.frozensets(st.integers(1, 80)).filter(bool), data=st.data())
async def test_the_number_that_is_found_is_free(taken: frozenset[int], data: st.DataObject) -> None:
    """And follows one that is taken, also where somebody has made gaps."""

    async def is_taken(number: int) -> bool:
        return number in taken

    free = await _first_free(data.draw(st.sampled_from(sorted(taken))), is_taken)

    assert free not in taken
    assert free - 1 in taken
