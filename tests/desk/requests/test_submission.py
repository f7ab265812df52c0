"""The door for submissions."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest

from desk.kinds.kind import KindOfRequest
from desk.kinds.profile_update import PROFILE_UPDATE
from desk.kinds.reading import SubmissionRefused
from desk.requests import accepting
from desk.requests.accepting import IdempotencyKeyReused
from desk.requests.submission import accept
from rules.requests.statuses import Kind, Status
from support.people import RAHUL, contact_change, register_people, specialty_change

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def test_a_submission_becomes_a_request_with_a_tracking_code() -> None:
    """The registration number is found with its dash."""
    request = await accept(Kind.PROFILE_UPDATE, contact_change(), now=NOW)

    assert (request.status, request.round) == (Status.SUBMITTED, 1)
    assert len(request.tracking_code) == len("K7Q2-M9XD")


@pytest.fixture
def reads() -> Iterator[list[Any]]:
    """Everything that is read as a kind's own type."""
    read, found = KindOfRequest.read, []

    def noted(self: KindOfRequest[Any], submission: Any) -> Any:
        found.append(submission)
        return read(self, submission)

    with patch.object(KindOfRequest, "read", noted):
        yield found


@pytest.mark.parametrize("made_by", ["a person", "a program"])
async def test_a_submission_is_read_once_on_its_way_to_the_row(
    made_by: str, reads: list[Any]
) -> None:
    """Hostile until then, of its own type from there on, and JSON again on the row alone."""
    document = contact_change()
    typed = PROFILE_UPDATE.read(document)
    reads.clear()

    request = await accept(
        Kind.PROFILE_UPDATE, document if made_by == "a person" else typed, now=NOW
    )

    assert len(reads) == 1
    assert request.submission == PROFILE_UPDATE.to_json(typed)


async def test_the_same_submission_at_once_is_one_request() -> None:
    """Twenty deliveries of one submission make one request."""
    requests = await asyncio.gather(
        *(accept(Kind.PROFILE_UPDATE, contact_change(), now=NOW) for _ in range(20))
    )

    assert len({request.tracking_code for request in requests}) == 1


async def test_a_tracking_code_that_another_request_has_is_drawn_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """40 random bits meet now and then; nobody hears of it."""
    first = await accept(Kind.PROFILE_UPDATE, contact_change(), now=NOW)
    drawn = [first.tracking_code, "K7Q2-M9XD"]
    monkeypatch.setattr(accepting, "make_tracking_code", lambda _: drawn.pop(0))
    rahul_s = contact_change(
        registration_number=RAHUL["registration_number"], idempotency_key="rahul-s-own-key"
    )

    second = await accept(Kind.PROFILE_UPDATE, rahul_s, now=NOW)

    assert (second.tracking_code, drawn) == ("K7Q2-M9XD", [])


async def test_a_key_with_another_content_is_refused() -> None:
    """A key that is used for another wish would lose that wish."""
    await accept(Kind.PROFILE_UPDATE, contact_change(), now=NOW)

    with pytest.raises(IdempotencyKeyReused):
        await accept(Kind.PROFILE_UPDATE, contact_change(changes={"mobile": "0551112244"}), now=NOW)


async def test_a_second_open_request_of_the_kind_is_refused() -> None:
    """One open request of a kind per practitioner, also in a race."""
    first = contact_change(idempotency_key="the-first-key")
    second = specialty_change(NOW.date())

    outcomes = await asyncio.gather(
        accept(Kind.PROFILE_UPDATE, first, now=NOW),
        accept(Kind.PROFILE_UPDATE, second, now=NOW),
        return_exceptions=True,
    )

    refused = [outcome for outcome in outcomes if isinstance(outcome, SubmissionRefused)]
    assert [found.code for found in refused[0].problems] == ["request_already_open"]
    assert len(refused) == 1


async def test_all_problems_come_at_once() -> None:
    """Wrong in three places, told of all three."""
    wrong = contact_change(
        changes={"mobile": "12", "email": "nobody", "identity_number": "1000000009"},
        confirmed_by_applicant=False,
    )

    with pytest.raises(SubmissionRefused) as refused:
        await accept(Kind.PROFILE_UPDATE, wrong, now=NOW)

    fields = {found.field for found in refused.value.problems}
    assert {"mobile", "email", "identity_number", "confirmed_by_applicant"} <= fields
