"""A step as the run of one request takes it."""

import pytest

import tasks.steps.step
from desk.requests.submission import accept
from desk.requests.waiting import load_request
from rules.requests.statuses import Kind, Status
from support.people import register_people, specialty_change
from support.requests import NOW
from tasks.steps.validation import validate


async def test_who_has_read_the_row_has_no_id_looked_up(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction less, for each step of a request that comes alone."""
    await register_people()
    request = await accept(Kind.PROFILE_UPDATE, specialty_change(NOW.date()), now=NOW)

    async def asked(*_: object) -> None:
        raise AssertionError("the id was looked up")

    monkeypatch.setattr(tasks.steps.step, "id_of", asked)
    await validate.task.fn(request.tracking_code, request.id)

    assert (await load_request(request.tracking_code)).status == Status.UNDER_REVIEW
