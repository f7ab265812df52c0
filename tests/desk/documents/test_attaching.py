"""Files beside a submission: sent once, and named by it."""

from pathlib import Path
from typing import Any

import pytest

from desk.documents.attaching import NothingToAttachTo, with_files
from desk.documents.faults import UploadRefused
from documents.key_file import make_key_file
from models.database import transaction
from models.documents.documents import Upload, find_upload, uploads_of
from models.newcomers import find_newcomer
from models.practitioners import find_practitioner
from rules.values.document_kind import DocumentKind
from support.document_files import EXAMPLES, REFUSED
from support.people import NOURA, RAHUL, register_people

LETTER = EXAMPLES / "employer-letter.pdf"
NUMBER = NOURA["registration_number"]
KIND = DocumentKind.EMPLOYER_LETTER


@pytest.fixture(autouse=True)
async def people(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two practitioners, and a home where documents are kept."""
    monkeypatch.setenv("MUMARIS_HOME", str(tmp_path))
    make_key_file(tmp_path / "document-keys")
    await register_people()


def submission(*kinds: DocumentKind, number: str = NUMBER) -> dict[str, Any]:
    """One that states documents of these kinds."""
    return {"registration_number": number, "documents": [{"kind": kind} for kind in kinds]}


async def uploads(number: str = NUMBER) -> list[Upload]:
    """What this person has sent."""
    async with transaction() as session:
        owner = await find_practitioner(session, number)
        return await uploads_of(session, owner.id, limit=10)


async def test_a_file_is_sent_and_the_submission_names_it() -> None:
    """The document of its kind; the others stay as they are, and so does what was given."""
    given = submission(DocumentKind.QUALIFICATION, KIND)

    whole = await with_files(given, [(KIND, LETTER)])

    (sent,) = await uploads()
    assert whole["documents"] == [
        {"kind": DocumentKind.QUALIFICATION},
        {"kind": KIND, "id": sent.id},
    ]
    assert given == submission(DocumentKind.QUALIFICATION, KIND)
    assert sent.kind is KIND


async def test_a_file_that_is_attached_again_is_not_sent_again() -> None:
    """So that the same command twice is the same request; another person's is another file."""
    first = await with_files(submission(KIND), [(KIND, LETTER)])

    again = await with_files(submission(KIND, number="20-104567"), [(KIND, LETTER)])
    other = await with_files(
        submission(KIND, number=RAHUL["registration_number"]), [(KIND, LETTER)]
    )

    assert again["documents"] == first["documents"]
    assert other["documents"] != first["documents"]
    assert len(await uploads()) == 1


async def test_a_newcomers_file_belongs_to_the_mailbox_that_the_registration_names() -> None:
    """Sent once too; what is no address is left for whoever takes the registration."""
    typed = {"profile": {"email": "Reem@Example.com"}, "documents": [{"kind": KIND}]}

    first = await with_files(typed, [(KIND, LETTER)])
    again = await with_files(typed, [(KIND, LETTER)])
    nobodys = await with_files(typed | {"profile": {"email": "reem at home"}}, [(KIND, LETTER)])

    async with transaction() as session:
        newcomer = await find_newcomer(session, "reem@example.com")
        upload = await find_upload(session, first["documents"][0]["id"])
    assert newcomer is not None
    assert (upload.newcomer_id, upload.owner_id) == (newcomer.id, None)
    assert again["documents"] == first["documents"]
    assert nobodys["documents"] == [{"kind": KIND}]


async def test_what_has_ended_is_sent_anew() -> None:
    """Only what a request may name is used again."""
    first = await with_files(submission(KIND), [(KIND, LETTER)])
    upload_id = first["documents"][0]["id"]
    async with transaction() as session:
        upload = await find_upload(session, upload_id, lock=True)
        upload.received_at = upload.received_at.replace(year=2020)

    again = await with_files(submission(KIND), [(KIND, LETTER)])

    assert again["documents"][0]["id"] != upload_id


async def test_two_files_of_a_kind_go_to_the_two_that_are_stated() -> None:
    """In their order; a document that names its upload already is left alone."""
    given = submission(KIND, KIND, KIND)
    given["documents"][0]["id"] = "named"

    whole = await with_files(given, [(KIND, LETTER), (KIND, EXAMPLES / "life-support.jpg")])

    by_id = {one.id: one.media_type for one in await uploads()}
    ids = [one["id"] for one in whole["documents"]]
    assert ids[0] == "named"
    assert [by_id[one] for one in ids[1:]] == ["application/pdf", "image/jpeg"]


async def test_all_files_that_are_of_no_use_are_told_at_once() -> None:
    """Each by the place of its document."""
    wrong = [(KIND, REFUSED / "empty.pdf"), (DocumentKind.QUALIFICATION, REFUSED / "cut-off.pdf")]

    with pytest.raises(UploadRefused) as refused:
        await with_files(submission(DocumentKind.QUALIFICATION, KIND), wrong)

    assert [(found.field, found.code) for found in refused.value.problems] == [
        ("documents[1]", "file_empty"),
        ("documents[0]", "file_damaged"),
    ]


@pytest.mark.parametrize(
    "documents", [[], None, "letter", [{"kind": "qualification"}], [{"kind": KIND, "id": "x"}], [3]]
)
async def test_a_file_without_its_document_is_wrong_usage(documents: object) -> None:
    """Told before anything is sent."""
    given = {"registration_number": NUMBER, "documents": documents}

    with pytest.raises(NothingToAttachTo, match="employer_letter"):
        await with_files(given, [(KIND, LETTER)])

    assert await uploads() == []


@pytest.mark.parametrize("number", ["99999999", "<script>", None, 20104567.5])
async def test_a_wrong_number_is_left_for_the_door(number: object) -> None:
    """It refuses the submission with all of its problems; nothing is sent."""
    given = submission(KIND) | {"registration_number": number}

    assert await with_files(given, [(KIND, LETTER)]) == given
