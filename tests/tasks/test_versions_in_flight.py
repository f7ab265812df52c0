"""Requests that began under one version of their process are carried on under the next one."""

from typing import Any

import pytest

from desk.requests.submission import accept
from models.database import transaction
from models.requests import Request, find_request
from rules.requests import process_versions
from rules.requests.process_versions import MEANINGS, ProcessOfLaterVersion, current_version
from rules.requests.statuses import OF_PRACTITIONERS, Kind, Status
from support import carrying
from support.carrying import WISHES, begin, carry, finish
from support.people import contact_change, register_applicant
from support.requests import NOW
from tasks.steps.validation import validate

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> Any:
    """From when it is called on, this program is the next one: each process has a new version."""

    def take_over() -> None:
        later = {kind: (*said, "as a test changed it") for kind, said in MEANINGS.items()}
        monkeypatch.setattr(process_versions, "MEANINGS", later)

    return take_over


async def standing(code: str) -> Request:
    async with transaction() as session:
        return await find_request(session, code)


async def contacts() -> Request:
    applicant = await register_applicant()
    number = applicant.registration_number
    wish = contact_change(registration_number=number, idempotency_key=f"contact-{number}")
    return await accept(Kind.PROFILE_UPDATE, wish, now=NOW)


def test_every_kind_has_a_version_and_every_number_is_said() -> None:
    """A kind that is added begins at 1."""
    assert set(MEANINGS) == set(Kind)
    assert all(len(said) >= 1 and all(said) for said in MEANINGS.values())
    assert set(WISHES) >= OF_PRACTITIONERS


@pytest.mark.parametrize(
    "stands", [Status.SUBMITTED, Status.UNDER_REVIEW, Status.APPROVED, Status.AWAITING_ACTIVATION]
)
async def test_what_began_under_the_last_version_ends_under_the_next(
    stands: Status, next_version: Any
) -> None:
    """Of each kind, from wherever it stands; it keeps its number, and a new one has the next."""
    codes = await begin(stands)
    began = {name: current_version(Kind(name.split()[0])) for name in codes}

    next_version()
    ended = await finish(codes)
    new = [await standing(code) for code in (await begin(Status.SUBMITTED)).values()]

    assert ended == {
        name: {"status": Status.ACTIVATED, "process_version": number}
        for name, number in began.items()
    }
    assert [each.process_version for each in new] == [number + 1 for number in began.values()]


async def test_a_step_that_changes_its_meaning_asks_the_request(
    next_version: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new meaning is for those that began after it."""
    meant: list[tuple[str, int]] = []

    async def together(ids: Any) -> Any:
        async with transaction() as session:
            for each in ids:
                row = await session.get_one(Request, each)
                is_new = row.process_version > current_version(row.kind) - 1
                meant.append((row.tracking_code, 2 if is_new else 1))
        return await validate.together(ids)

    old = (await contacts()).tracking_code
    next_version()
    new = (await contacts()).tracking_code
    changed = type(validate)(validate.name, validate.is_due, validate.task, together)
    monkeypatch.setattr(carrying, "_STEPS", (changed, *carrying._STEPS[1:]))

    await carry(old)
    await carry(new)

    assert meant == [(old, 1), (new, 2)]


async def test_what_a_later_version_began_is_left_to_its_worker() -> None:
    """Alone it says why; among many it is left out, and the others go on."""
    ours, theirs = await contacts(), await contacts()
    async with transaction() as session:
        row = await find_request(session, theirs.tracking_code)
        row.process_version = current_version(Kind.PROFILE_UPDATE) + 1

    with pytest.raises(ProcessOfLaterVersion, match=theirs.tracking_code):
        await validate.together([theirs.id])
    await validate.together([ours.id, theirs.id])

    assert (await standing(ours.tracking_code)).status == Status.APPROVED
    assert (await standing(theirs.tracking_code)).status == Status.SUBMITTED
