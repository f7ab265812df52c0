"""Which uploads wait for a check, and how long each is left alone before it is tried again."""

from datetime import timedelta

import pytest

from models.database import transaction
from models.documents.documents import Upload
from models.documents.waiting import LONGEST_PAUSE, take_to_check
from rules.documents.states import BEING_CHECKED, DocumentState
from support.people import register_people
from support.requests import NOW
from support.uploads import load_upload, upload_row

LEASE = timedelta(minutes=2)
HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def taken(after: timedelta) -> str | None:
    """Which one is taken so long after `NOW`."""
    async with transaction() as session:
        found = await take_to_check(session, now=NOW + after, lease=LEASE, soon=["away"])
        return None if found is None else found.id


@pytest.mark.parametrize("state", DocumentState)
async def test_what_is_being_checked_is_taken_and_nothing_else(state: DocumentState) -> None:
    """Whoever takes it notes when."""
    upload = await upload_row(state=state)

    found = await taken(HOUR)

    assert found == (upload.id if state in BEING_CHECKED else None)
    if found:
        assert (await load_upload(found)).checked_at == NOW + HOUR


async def test_it_is_left_to_whoever_took_it_for_the_lease() -> None:
    """To the microsecond, and then it is anybody's."""
    upload = await upload_row()

    assert await taken(LEASE - MOMENT) is None
    assert await taken(LEASE) == upload.id
    assert await taken(LEASE * 2 - MOMENT) is None


@pytest.mark.parametrize(
    ("age", "pause"),
    [
        (timedelta(0), LEASE),
        (timedelta(minutes=1), LEASE),
        (timedelta(minutes=10), timedelta(minutes=10)),
        (LONGEST_PAUSE, LONGEST_PAUSE),
        (timedelta(days=3), LONGEST_PAUSE),
    ],
)
async def test_what_could_not_be_checked_waits_as_long_as_it_is_old(
    age: timedelta, pause: timedelta
) -> None:
    """So that one that never can be is not tried all day long."""
    upload = await upload_row(received_at=NOW - age, scan="not_looked")

    assert await taken(pause - MOMENT) is None
    assert await taken(pause) == upload.id


async def test_what_waits_for_a_scanner_that_is_away_is_tried_soon() -> None:
    """It is not the file's fault, however old it is."""
    upload = await upload_row(received_at=NOW - timedelta(days=3), scan="away")

    assert await taken(LEASE) == upload.id


async def test_who_has_waited_longest_comes_first() -> None:
    """One that is taken at this moment by another pass is left to it."""
    late = await upload_row(checked_at=NOW - LEASE, received_at=NOW - LEASE)
    early = await upload_row(checked_at=NOW - HOUR, received_at=NOW - HOUR)

    async with transaction() as session:
        first = await take_to_check(session, now=NOW + HOUR, lease=LEASE, soon=[])
        second = await taken(HOUR)

    assert first is not None
    assert isinstance(first, Upload)
    assert (first.id, second) == (early.id, late.id)
