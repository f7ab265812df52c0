"""A registration waits, and its applicant comes onto the register by another way, or twice."""

import asyncio
import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, func, select

from desk.cases.alike import Alike
from desk.register.files import read_register_files
from desk.register.loading import load_register
from desk.requests import activation
from desk.requests.second_look import ChangedSinceReview, NotApprovable
from desk.requests.submission import resubmit
from desk.requests.waiting import load_request
from models.database import transaction
from models.links import LinkPurpose
from models.practitioners import Practitioner
from rules.requests.statuses import Status
from support.cards import give_card
from support.looking import looked_at
from support.newcomers import (
    LAYLA,
    TODAY,
    approve,
    document,
    known_officially,
    practitioner_of,
    registration,
    registration_at_gate,
)
from support.people import register_people
from support.requests import NOW, awaiting_activation, returned, token_of
from tasks.steps.validation import validate

NUMBER = "20777001"
IN_FORCE = TODAY + timedelta(days=300)
#: As she was known before she had a national number.
RESIDENCE: dict[str, Any] = {
    "identity_number": "2000000014",
    "identity_kind": "iqama",
    "nationality": "IN",
}

pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture
async def people(database: str) -> None:
    """The register, and the official one, which knows Layla under both her numbers."""
    await register_people()
    await known_officially()
    await known_officially(LAYLA | RESIDENCE)


async def load(folder: Path, **other: str) -> None:
    """A file of practitioners that has Layla, with these values of hers."""
    person = LAYLA | other | {"registration_number": NUMBER, "preferred_language": "en"}
    file = folder / "register.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [*person, "confirmed_on"])
        writer.writeheader()
        writer.writerow(person)
    await load_register(read_register_files(practitioners=file, today=TODAY), now=NOW)


def by_residence_card() -> dict[str, Any]:
    """Layla's registration with her residence card."""
    wish = registration(profile=RESIDENCE)
    card = document("residence_card", "Ministry of Interior", TODAY - timedelta(days=30))
    wish["documents"].append(card | {"expires_on": (TODAY + timedelta(days=400)).isoformat()})
    return wish


async def shown_beside(code: str) -> list[str | None]:
    """The registration numbers of whom officers are shown beside it."""
    found: tuple[Alike, ...] = (await looked_at(code)).alike
    return [each.registration_number for each in found]


async def use(code: str) -> Status | None:
    """Press the link of an approved registration."""
    token = await token_of(await awaiting_activation(code))
    return (await activation.use(token, LinkPurpose.ACTIVATE, now=NOW)).status


async def people_of_her_name() -> int:
    """How many on the register are called as Layla is."""
    async with transaction() as session:
        query = select(func.count()).where(col(Practitioner.family_name_en) == "Alharbi")
        return (await session.exec(query)).one()


async def test_whoever_a_file_brought_with_a_card_is_not_registered_again(tmp_path: Path) -> None:
    """Their request waited at the gate meanwhile: it can be returned or rejected."""
    code = await registration_at_gate()
    await load(tmp_path)
    await give_card(NUMBER, expires_on=IN_FORCE)

    with pytest.raises(NotApprovable, match="identity_number"):
        await approve(code)

    assert (await load_request(code)).status == Status.UNDER_REVIEW
    assert await people_of_her_name() == 1


async def test_a_record_that_a_file_brought_is_shown_before_it_is_gone_on_with(
    tmp_path: Path,
) -> None:
    """It has no card: officers look again, and then the person keeps the file's number."""
    code = await registration_at_gate()
    await load(tmp_path)

    with pytest.raises(ChangedSinceReview):
        await approve(code)
    warnings = (await load_request(code)).normalised["warnings"]
    await approve(code)

    assert [(each["code"], each["against"]) for each in warnings] == [("registered_before", NUMBER)]
    assert await use(code) is Status.ACTIVATED
    assert (await practitioner_of(await load_request(code))).registration_number == NUMBER
    assert await people_of_her_name() == 1


async def test_a_file_that_knows_the_national_number_is_shown_beside_a_residence_card(
    tmp_path: Path,
) -> None:
    """The number changed between the registration and the record; the person is one."""
    code = await registration_at_gate(by_residence_card())
    assert await shown_beside(code) == []
    await load(tmp_path)

    with pytest.raises(ChangedSinceReview):
        await approve(code)

    assert await shown_beside(code) == [NUMBER]


async def test_officers_look_again_once(tmp_path: Path) -> None:
    """Who decides that these are two people is not asked a third time."""
    code = await registration_at_gate(by_residence_card())
    await load(tmp_path)
    with pytest.raises(ChangedSinceReview):
        await approve(code)

    await approve(code)

    assert (await load_request(code)).status == Status.APPROVED


async def test_a_residence_card_is_corrected_to_a_national_number() -> None:
    """The record has the new number, and nobody's claim to the old one stays."""
    code = await registration_at_gate(by_residence_card())
    await returned(code, "identity_number", "identity_kind", "nationality")

    await resubmit(code, registration(idempotency_key="layla-corrects"), now=NOW)
    await validate.task.fn(code)
    await approve(code)

    assert await use(code) is Status.ACTIVATED
    person = await practitioner_of(await load_request(code))
    assert (person.identity_number, person.identity_kind) == (
        LAYLA["identity_number"],
        "national_id",
    )
    other = await registration_at_gate(
        by_residence_card() | {"idempotency_key": "with-the-old-number"}
    )
    codes = {each["code"] for each in (await load_request(other)).normalised["warnings"]}
    assert codes == {"same_person_on_file"}


async def test_of_two_registrations_approved_at_once_one_is() -> None:
    """Sent by one person at once, under two keys, and decided by two officers at once."""
    wishes = [registration(idempotency_key=f"layla-at-once-{place}") for place in (1, 2)]
    codes = await asyncio.gather(*map(registration_at_gate, wishes))

    found = await asyncio.gather(*map(approve, codes), return_exceptions=True)

    assert sorted(type(each) for each in found if each is not None) == [NotApprovable]
    [approved] = [code for code, each in zip(codes, found, strict=True) if each is None]
    assert await use(approved) is Status.ACTIVATED
    assert await people_of_her_name() == 1


async def test_one_registration_sent_twice_at_once_is_one_request() -> None:
    """By the key that both bear."""
    first, second = await asyncio.gather(registration_at_gate(), registration_at_gate())

    assert first == second
