"""The validation step and the official register."""

import pytest

from desk.requests.submission import accept
from desk.requests.waiting import load_request
from models.database import transaction
from models.official_register import OfficialEntry
from rules.findings.doubts import Doubt
from rules.profile_update.normalised import NormalisedUpdate
from rules.register.fields import Field
from rules.register.official_record import OfficialRecord
from rules.requests.statuses import Kind, Status
from support.people import NOURA, RAHUL, contact_change, employer_letter, register_people
from support.requests import NOW
from tasks.steps import validation
from tasks.steps.official_register import RegisterUnreachable

NEW_NAME = {
    "registration_number": NOURA["registration_number"],
    "changes": {"family_name_en": "Alharbi"},
    "documents": [employer_letter(NOW.date())],
    "confirmed_by_applicant": True,
    "idempotency_key": "noura-family-name",
}


class UnreachableRegister:
    """A register that does not answer."""

    async def find(self, identity_number: str) -> OfficialRecord | None:
        """Say nothing."""
        raise RegisterUnreachable(identity_number[:0])


@pytest.fixture
async def code(database: str) -> str:
    await register_people()
    return (await accept(Kind.PROFILE_UPDATE, NEW_NAME, now=NOW)).tracking_code


async def test_an_unreachable_register_is_waited_for_and_refuses_nobody(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step says when to try again; the request stays submitted."""
    monkeypatch.setattr(validation, "official_register", UnreachableRegister)

    again_at = await validation.validate.task.fn(code)

    assert again_at is not None
    assert (await load_request(code)).status == Status.SUBMITTED


async def test_a_name_unlike_the_official_record_is_returned(code: str) -> None:
    """The applicant is told which field differs."""
    again_at = await validation.validate.task.fn(code)

    request = await load_request(code)
    assert again_at is None
    assert request.status == Status.RETURNED
    assert [found["code"] for found in request.corrections] == ["official_record_differs"]


async def test_a_name_like_the_official_record_goes_to_the_gate(code: str) -> None:
    """The register has the new name already."""
    async with transaction() as session:
        row = await session.get_one(OfficialEntry, NOURA["identity_number"])
        row.record = row.record | {"family_name_en": "Alharbi"}

    await validation.validate.task.fn(code)

    assert (await load_request(code)).status == Status.UNDER_REVIEW


async def test_what_the_register_answered_is_kept_for_the_officer(code: str) -> None:
    """As it was then, whatever it says later; where nobody asked it, nothing is kept."""
    contact = await accept(
        Kind.PROFILE_UPDATE,
        contact_change(registration_number=RAHUL["registration_number"]),
        now=NOW,
    )
    async with transaction() as session:
        row = await session.get_one(OfficialEntry, NOURA["identity_number"])
        row.record = row.record | {"family_name_en": "Alharbi"}

    await validation.validate.task.fn(code)
    await validation.validate.task.fn(contact.tracking_code)

    kept = (await load_request(code)).official_record
    assert kept is not None
    assert OfficialRecord.from_json(kept).family_name_en == "Alharbi"
    assert (await load_request(contact.tracking_code)).official_record is None


async def test_another_spelling_goes_to_the_gate_with_a_doubt(code: str) -> None:
    """The officer is told which field, and how the register writes it."""
    async with transaction() as session:
        row = await session.get_one(OfficialEntry, NOURA["identity_number"])
        row.record = row.record | {"family_name_en": "AL-ḤARBI"}

    await validation.validate.task.fn(code)

    request = await load_request(code)
    assert request.status == Status.UNDER_REVIEW
    assert request.review_reasons == ["names_changed", "warnings_raised"]
    assert NormalisedUpdate.from_json(request.normalised).warnings == (
        Doubt("official_record_spelling", Field.FAMILY_NAME_EN, "AL-ḤARBI"),
    )


async def test_somebody_without_a_record_is_returned(code: str) -> None:
    """No record is a problem of the identity number."""
    async with transaction() as session:
        await session.delete(await session.get_one(OfficialEntry, NOURA["identity_number"]))

    await validation.validate.task.fn(code)

    found = (await load_request(code)).corrections
    assert [correction["code"] for correction in found] == ["official_record_missing"]


async def test_validated_twice_it_is_validated_once(code: str) -> None:
    """A run that starts again from the top changes nothing."""
    await validation.validate.task.fn(code)
    first = await load_request(code)

    await validation.validate.task.fn(code)

    assert (await load_request(code)).status_since == first.status_since
