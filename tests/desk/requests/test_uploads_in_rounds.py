"""Uploads over a request's rounds: files asked for, kept, swapped, computed afresh."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from desk.documents.faults import UploadRefused
from desk.documents.replacing import take_the_place
from desk.kinds.card_renewal import CARD_RENEWAL
from desk.kinds.reading import SubmissionRefused
from desk.requests.review import Ruling, decide
from desk.requests.submission import accept, resubmit
from desk.requests.waiting import load_request
from models.database import transaction
from models.documents.documents import Upload, find_upload
from models.documents.door import OWNER, move_upload
from models.documents.uses import note_uses
from models.requests import Request
from rules.card_renewal.plan import RenewalPlan
from rules.documents.states import DocumentState
from rules.requests.correctable import Correctable
from rules.requests.statuses import OF_PRACTITIONERS, Kind, Status
from rules.requests.verdicts import Verdict
from support.cards import give_card
from support.naming import naming, problems_of, ready, submission, uses
from support.people import NOURA, employer_letter, register_people, specialty_change
from support.policies import policy_with
from support.racing import until_somebody_waits
from support.requests import NOW, request_at_gate
from tasks.steps.validation import validate

FILES_REQUIRED = ('files = "optional"', 'files = "required"')
RETURN = Ruling(
    verdict=Verdict.RETURN,
    officer="amal",
    reason_code="document_not_accepted",
    fields=[Correctable("documents")],
)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()
    await give_card(NOURA["registration_number"], expires_on=NOW.date() + timedelta(days=30))


@pytest.mark.parametrize("kind", sorted(OF_PRACTITIONERS))
async def test_a_file_is_asked_for_where_policy_says_so(kind: Kind, tmp_path: Path) -> None:
    """Not of a kind of which no file is taken."""
    card = employer_letter(NOW.date()) | {"kind": "residence_card", "expires_on": "2028-01-01"}
    del card["sha256"]
    with policy_with(tmp_path, FILES_REQUIRED):
        found = await problems_of(submission(kind, employer_letter(NOW.date()), card), kind)

    assert found == {("documents[0].id", "document_file_missing")}


@pytest.mark.parametrize("kind", sorted(OF_PRACTITIONERS))
async def test_a_request_in_flight_is_not_asked_for_files(kind: Kind, tmp_path: Path) -> None:
    """It was accepted while policy did not ask: nobody could have sent one."""
    request = await accept(kind, submission(kind, employer_letter(NOW.date())), now=NOW)

    with policy_with(tmp_path, FILES_REQUIRED):
        await validate.task.fn(request.tracking_code)
        verdict = Ruling(verdict=Verdict.APPROVE, officer="amal")
        decided = await decide(request.tracking_code, verdict, now=NOW)

    assert decided is Status.APPROVED


async def test_the_correction_of_a_returned_request_is_asked_for_its_files(
    tmp_path: Path,
) -> None:
    """It comes through the door."""
    code = await request_at_gate()
    await decide(code, RETURN, now=NOW)

    with policy_with(tmp_path, FILES_REQUIRED), pytest.raises(SubmissionRefused) as refused:
        await resubmit(code, specialty_change(NOW.date()), now=NOW)

    assert [found.code for found in refused.value.problems] == ["document_file_missing"]
    assert (await load_request(code)).status is Status.RETURNED


@pytest.mark.parametrize("swapped", [False, True], ids=["kept", "swapped"])
async def test_a_correction_notes_what_its_round_names(swapped: bool) -> None:
    """The document that it keeps, or the one that it has instead; the first round's stays noted."""
    first, second = sorted([await ready(), await ready()], key=lambda upload: upload.id)
    code = await request_at_gate(submission(Kind.PROFILE_UPDATE, naming(first)))
    await decide(code, RETURN, now=NOW)
    named = second if swapped else first

    await resubmit(code, submission(Kind.PROFILE_UPDATE, naming(named)), now=NOW)

    assert await uses() == [(first.id, 1), (named.id, 2)]


async def test_a_replaced_document_cannot_be_named_by_the_correction() -> None:
    """The one in its place can."""
    old, new = await ready(), await ready()
    code = await request_at_gate(submission(Kind.PROFILE_UPDATE, naming(old)))
    await decide(code, RETURN, now=NOW)
    async with transaction() as session:
        row = await find_upload(session, old.id, lock=True)
        await move_upload(session, row, DocumentState.REPLACED, by=OWNER, now=NOW)

    with pytest.raises(SubmissionRefused) as refused:
        await resubmit(code, submission(Kind.PROFILE_UPDATE, naming(old)), now=NOW)
    await resubmit(code, submission(Kind.PROFILE_UPDATE, naming(new)), now=NOW)

    assert [found.code for found in refused.value.problems] == ["document_gone"]
    assert (await load_request(code)).status is Status.SUBMITTED


async def test_a_renewal_that_is_computed_afresh_names_its_documents_in_its_new_round() -> None:
    """Officers are shown them again."""
    upload = await ready()
    code = await request_at_gate(
        submission(Kind.CARD_RENEWAL, naming(upload)), kind=Kind.CARD_RENEWAL
    )
    async with transaction() as session:
        request = (await session.exec(select(Request).with_for_update())).one()
        plan = RenewalPlan.from_json(request.normalised).to_json()
        request.normalised = plan | {"hours_short": True}

    verdict = Ruling(verdict=Verdict.APPROVE, officer="amal")
    with pytest.raises(Exception, match="look at it again"):
        await decide(code, verdict, now=NOW)

    assert await uses() == [(upload.id, 1), (upload.id, 2)]


async def test_years_granted_at_activation_leave_the_documents_as_they_were_judged() -> None:
    """By then their files may be destroyed, and are not asked for again."""
    upload = await ready()
    code = await request_at_gate(
        submission(Kind.CARD_RENEWAL, naming(upload)), kind=Kind.CARD_RENEWAL
    )
    async with transaction() as session:
        request = (await session.exec(select(Request).with_for_update())).one()
        request.normalised = request.normalised | {"years": 1}
        judged = RenewalPlan.from_json(request.normalised).documents
        await CARD_RENEWAL.bring_into_force(session, request, now=NOW)

    granted = RenewalPlan.from_json((await load_request(code)).normalised)
    assert (granted.years, granted.documents) == (2, judged)


async def test_of_a_replacement_and_a_correction_at_once_the_first_counts() -> None:
    """The correction waits for the row, and then is told that the file is gone."""
    upload = await ready()
    code = await request_at_gate(submission(Kind.PROFILE_UPDATE, naming(upload)))
    await decide(code, RETURN, now=NOW)

    async with transaction() as session:
        await take_the_place(session, upload.id, upload.owner_id, upload.kind, now=NOW)
        corrected = submission(Kind.PROFILE_UPDATE, naming(upload))
        correcting = asyncio.create_task(resubmit(code, corrected, now=NOW))
        await until_somebody_waits()

    with pytest.raises(SubmissionRefused) as refused:
        await correcting
    assert [found.code for found in refused.value.problems] == ["document_gone"]


async def test_what_a_correction_names_cannot_be_replaced_while_it_lands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever would take its place waits, and then is told that it is in hand."""
    upload = await ready()
    code = await request_at_gate(submission(Kind.PROFILE_UPDATE, naming(upload)))
    await decide(code, RETURN, now=NOW)
    looked_at, noted = asyncio.Event(), asyncio.Event()

    async def slowly(*arguments: Any, **named: Any) -> None:
        looked_at.set()
        await noted.wait()
        await note_uses(*arguments, **named)

    monkeypatch.setattr("desk.requests.submission.note_uses", slowly)
    corrected = submission(Kind.PROFILE_UPDATE, naming(upload))
    correcting = asyncio.create_task(resubmit(code, corrected, now=NOW))
    await looked_at.wait()

    replacing = asyncio.create_task(_replaced(upload))
    await until_somebody_waits()
    noted.set()
    await correcting

    with pytest.raises(UploadRefused) as refused:
        await replacing
    assert [found.code for found in refused.value.problems] == ["document_in_hand"]


async def _replaced(upload: Upload) -> None:
    async with transaction() as session:
        await take_the_place(session, upload.id, upload.owner_id, upload.kind, now=NOW)
