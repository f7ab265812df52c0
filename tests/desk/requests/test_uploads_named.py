"""Submissions that name uploaded documents."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.kinds.reading import SubmissionRefused
from desk.policy import current_policy
from desk.requests.submission import accept
from desk.requests.waiting import load_request
from desk.requests.withdrawal import withdraw
from models.database import transaction
from models.documents.documents import Upload, find_upload, lock_uploads
from models.documents.door import CLOCK, Ending, move_upload
from models.documents.uses import note_all_uses
from rules.documents.retention import EndRule
from rules.documents.states import DocumentState
from rules.requests.statuses import OF_PRACTITIONERS, Kind, Status
from rules.values.document_kind import DocumentKind
from support.cards import give_card
from support.naming import (
    NORMALISED,
    all_requests,
    destroyed,
    naming,
    problems_of,
    ready,
    submission,
    uses,
)
from support.people import NOURA, RAHUL, register_people
from support.policies import policy_with
from support.racing import until_somebody_waits
from support.requests import NOW
from tasks.steps.validation import validate


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()
    await give_card(NOURA["registration_number"], expires_on=NOW.date() + timedelta(days=30))


@pytest.mark.parametrize("kind", sorted(OF_PRACTITIONERS))
async def test_a_request_keeps_which_upload_shows_its_document(kind: Kind) -> None:
    """Digest, size and type are the upload's; the use is noted for the first round."""
    upload = await ready(size_bytes=4_321)

    request = await accept(kind, submission(kind, naming(upload)), now=NOW)
    await validate.task.fn(request.tracking_code)

    at_gate = await load_request(request.tracking_code)
    [document] = NORMALISED[kind](at_gate.normalised).documents
    assert at_gate.status is Status.UNDER_REVIEW
    assert (document.upload_id, document.sha256) == (upload.id, upload.sha256)
    assert (document.size_bytes, document.media_type) == (4_321, "application/pdf")
    assert await uses() == [(upload.id, 1)]


NO_IDS = {
    "unknown": "0" * 32,
    "capitals": "A" * 32,
    "a line break behind it": "0" * 32 + "\n",
    "Arabic digits": "٠" * 32,
    "a UUID": "01234567-89ab-cdef-0123-456789abcdef",
    "NUL": "0" * 31 + "\0",
    "RTL override": "\u202e" + "0" * 31,
    "half a sign": "\ud800" * 32,
    "a path": "../" * 10,
    "SQL": "' OR owner_id IS NOT NULL --",
    "empty": "",
    "long": "0" * 10_000,
}


@pytest.mark.parametrize("id_", NO_IDS.values(), ids=list(NO_IDS))
@pytest.mark.parametrize("kind", sorted(OF_PRACTITIONERS))
async def test_a_text_that_is_no_upload_is_an_unknown_one(kind: Kind, id_: str) -> None:
    """Whatever it is: the same sentence, and never an error."""
    found = await problems_of(submission(kind, naming(id_)), kind)

    assert {code for _, code in found} == {"document_unknown"}
    assert await all_requests() == []


async def test_anothers_upload_is_as_unknown_as_none() -> None:
    """Nobody learns by trying which ids there are."""
    rahuls = await ready(owner=RAHUL["registration_number"])

    assert await problems_of(submission(Kind.PROFILE_UPDATE, naming(rahuls))) == {
        ("documents[0].id", "document_unknown")
    }


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (DocumentState.RECEIVED, "document_being_checked"),
        (DocumentState.UNSCANNED, "document_being_checked"),
        (DocumentState.CLEAN, "document_being_checked"),
        (DocumentState.SUSPECT, "document_suspect"),
        (DocumentState.UNREADABLE, "document_unreadable"),
        (DocumentState.REPLACED, "document_gone"),
        (DocumentState.DESTROYED, "document_gone"),
    ],
)
async def test_only_what_is_ready_can_be_named(state: DocumentState, code: str) -> None:
    """The sentence says what to do about it."""
    upload = await ready(state=state)

    found = await problems_of(submission(Kind.PROFILE_UPDATE, naming(upload)))

    assert found == {("documents[0].id", code)}


async def test_a_document_of_another_kind_is_not_taken_for_this_one() -> None:
    """A letter's upload is no medical report."""
    upload = await ready(kind=DocumentKind.MEDICAL_REPORT)

    found = await problems_of(submission(Kind.PROFILE_UPDATE, naming(upload)))

    assert found == {("documents[0].id", "document_of_another_kind")}


@pytest.mark.parametrize("kind", sorted(OF_PRACTITIONERS))
async def test_the_same_upload_twice_is_a_problem(kind: Kind) -> None:
    """One file is one document."""
    upload = await ready()

    found = await problems_of(submission(kind, naming(upload), naming(upload)), kind)

    assert found == {("documents[1].id", "entered_twice")}


async def test_what_has_come_to_its_end_cannot_be_named_before_it_is_destroyed() -> None:
    """Retention may be late; the day is the day."""
    days = current_policy().documents.unused_days
    sent = NOW - timedelta(days=days)
    ended = await ready(received_at=sent)
    not_yet = await ready(received_at=sent + timedelta(seconds=1))

    found = await problems_of(submission(Kind.PROFILE_UPDATE, naming(ended), naming(not_yet)))

    assert found == {("documents[0].id", "document_gone")}


async def test_a_document_whose_request_was_decided_is_gone_where_policy_says_so(
    tmp_path: Path,
) -> None:
    """Look and destroy: the withdrawal ends it, though nobody has destroyed it yet."""
    with policy_with(
        tmp_path,
        (
            'employer_letter = { rule = "keep", days = 365 }',
            "employer_letter = { rule = 'look_and_destroy' }",
        ),
    ):
        upload = await ready()
        document = submission(Kind.PROFILE_UPDATE, naming(upload))
        first = await accept(Kind.PROFILE_UPDATE, document, now=NOW)
        await withdraw(first.tracking_code, now=NOW)

        found = await problems_of(document | {"idempotency_key": "noura-specialty-2"})

    assert found == {("documents[0].id", "document_gone")}


async def test_a_withdrawn_requests_document_serves_the_next_one_where_it_is_kept() -> None:
    """It is used again within its days, and named by both."""
    upload = await ready()
    document = submission(Kind.PROFILE_UPDATE, naming(upload))
    first = await accept(Kind.PROFILE_UPDATE, document, now=NOW)
    await withdraw(first.tracking_code, now=NOW)

    await accept(Kind.PROFILE_UPDATE, document | {"idempotency_key": "noura-specialty-2"}, now=NOW)

    assert await uses() == [(upload.id, 1), (upload.id, 1)]


async def test_the_same_submission_again_asks_nothing_of_its_documents() -> None:
    """It was accepted; what became of the file since changes nothing of that."""
    upload = await ready()
    document = submission(Kind.PROFILE_UPDATE, naming(upload))
    first = await accept(Kind.PROFILE_UPDATE, document, now=NOW)
    await withdraw(first.tracking_code, now=NOW)
    await destroyed(upload)

    again = await accept(Kind.PROFILE_UPDATE, document, now=NOW)

    assert again.id == first.id


async def test_of_a_destruction_and_a_submission_at_once_the_first_counts() -> None:
    """The submission waits for the row, and then is told that the file is gone."""
    upload = await ready()
    document = submission(Kind.PROFILE_UPDATE, naming(upload))

    async with transaction() as session:
        [row] = await lock_uploads(session, [upload.id], upload.owner_id)
        accepting = asyncio.create_task(accept(Kind.PROFILE_UPDATE, document, now=NOW))
        await until_somebody_waits()
        await move_upload(
            session,
            row,
            DocumentState.DESTROYED,
            by=CLOCK,
            now=NOW,
            ending=Ending(EndRule.UNUSED),
        )

    with pytest.raises(SubmissionRefused) as refused:
        await accepting
    assert [found.code for found in refused.value.problems] == ["document_gone"]
    assert (await all_requests(), await uses()) == ([], [])


async def test_a_document_cannot_end_between_being_looked_at_and_being_noted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever would destroy or replace it waits until the use is kept."""
    upload = await ready()
    looked_at, noted = asyncio.Event(), asyncio.Event()

    async def slowly(*arguments: Any, **named: Any) -> None:
        looked_at.set()
        await noted.wait()
        await note_all_uses(*arguments, **named)

    monkeypatch.setattr("desk.requests.accepting.note_all_uses", slowly)
    document = submission(Kind.PROFILE_UPDATE, naming(upload))
    accepting = asyncio.create_task(accept(Kind.PROFILE_UPDATE, document, now=NOW))
    await looked_at.wait()

    ending = asyncio.create_task(_uses_once_locked(upload))
    await until_somebody_waits()
    noted.set()
    await accepting

    assert await ending == [(upload.id, 1)]


async def _uses_once_locked(upload: Upload) -> list[tuple[str, int]]:
    async with transaction() as session:
        await find_upload(session, upload.id, lock=True)
        return await uses()
