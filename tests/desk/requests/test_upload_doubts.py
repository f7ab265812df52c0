"""What officers are told of the files that a request names."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from desk.requests.review import Ruling, decide
from desk.requests.second_look import ChangedSinceReview
from desk.requests.waiting import load_request
from desk.requests.withdrawal import withdraw
from models.database import transaction
from models.documents.documents import Upload
from models.requests import Request
from rules.findings.doubts import Doubt
from rules.profile_update.normalised import NormalisedUpdate
from rules.requests.review import ReviewReason
from rules.requests.statuses import OF_PRACTITIONERS, Kind, Status
from rules.requests.verdicts import Verdict
from support.cards import give_card
from support.naming import NORMALISED, naming, ready, submission
from support.people import NOURA, RAHUL, employer_letter, register_people
from support.policies import policy_with
from support.requests import NOW, request_at_gate


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()
    await give_card(NOURA["registration_number"], expires_on=NOW.date() + timedelta(days=30))


@pytest.mark.parametrize("kind", sorted(OF_PRACTITIONERS))
async def test_what_another_person_sent_too_is_a_doubt_for_the_officer(kind: Kind) -> None:
    """Whose it is, is for officers alone; the applicant is told nothing."""
    upload = await ready()
    await ready(owner=RAHUL["registration_number"], sha256=upload.sha256)

    code = await request_at_gate(submission(kind, naming(upload)), kind=kind)

    request = await load_request(code)
    assert NORMALISED[kind](request.normalised).warnings == (
        Doubt("document_of_another_person", "documents[0].id", RAHUL["registration_number"]),
    )
    assert ReviewReason.WARNINGS_RAISED in request.review_reasons


async def test_ones_own_earlier_copy_is_no_doubt() -> None:
    """A letter may be sent twice by the same person."""
    upload = await ready()
    await ready(sha256=upload.sha256)

    code = await request_at_gate(submission(Kind.PROFILE_UPDATE, naming(upload)))

    assert NormalisedUpdate.from_json((await load_request(code)).normalised).warnings == ()


@pytest.mark.parametrize("kind", sorted(OF_PRACTITIONERS))
@pytest.mark.parametrize("scan", ["no_scanner", None])
async def test_a_file_that_nobody_scanned_is_a_doubt(kind: Kind, scan: str | None) -> None:
    """Policy takes it; nothing unknown passes as clean."""
    upload = await ready(scan=scan)

    code = await request_at_gate(submission(kind, naming(upload)), kind=kind)

    assert NORMALISED[kind]((await load_request(code)).normalised).warnings == (
        Doubt("document_not_scanned", "documents[0].id"),
    )


async def test_a_renewal_whose_file_raises_a_doubt_is_not_clean(tmp_path: Path) -> None:
    """Where policy lets clean ones pass without an officer."""
    passes = ("clean_passes_without_officer = false", "clean_passes_without_officer = true")
    clean, unscanned = await ready(), await ready(scan="no_scanner")

    async def status_with(upload: Upload, key: str) -> Status:
        document = submission(Kind.CARD_RENEWAL, naming(upload), idempotency_key=key)
        code = await request_at_gate(document, kind=Kind.CARD_RENEWAL)
        status = (await load_request(code)).status
        if status is Status.UNDER_REVIEW:
            await withdraw(code, now=NOW)
        return status

    with policy_with(tmp_path, passes):
        doubtful = await status_with(unscanned, "noura-renewal-1")
        passed = await status_with(clean, "noura-renewal-2")

    assert (doubtful, passed) == (Status.UNDER_REVIEW, Status.APPROVED)


async def test_a_doubt_of_an_older_plan_is_not_another_one() -> None:
    """Plans from before there were uploads keep codes alone: an approval is not held up by that."""
    letter = employer_letter(NOW.date()) | {"issuer": "Oasis Hospital"}
    code = await request_at_gate(submission(Kind.CARD_RENEWAL, letter), kind=Kind.CARD_RENEWAL)
    async with transaction() as session:
        request = (await session.exec(select(Request).with_for_update())).one()
        request.normalised = request.normalised | {"warnings": ["employer_letter_of_another"]}

    verdict = Ruling(verdict=Verdict.APPROVE, officer="amal")

    assert await decide(code, verdict, now=NOW) is Status.APPROVED


async def test_a_doubt_that_comes_up_under_review_sends_a_renewal_back_to_its_officers() -> None:
    """Another person sends the same bytes: nobody has been shown that."""
    upload = await ready()
    code = await request_at_gate(
        submission(Kind.CARD_RENEWAL, naming(upload)), kind=Kind.CARD_RENEWAL
    )
    await ready(owner=RAHUL["registration_number"], sha256=upload.sha256)

    verdict = Ruling(verdict=Verdict.APPROVE, officer="amal")
    with pytest.raises(ChangedSinceReview):
        await decide(code, verdict, now=NOW)

    assert await decide(code, verdict, now=NOW) is Status.APPROVED
