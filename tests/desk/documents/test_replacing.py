"""Another file in a document's place, and a document taken back: what may be, and two at once."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from desk.documents.adding import add
from desk.documents.checking import check
from desk.documents.faults import UploadRefused
from desk.documents.taking_back import take_back
from desk.requests.review import Ruling, decide
from desk.requests.submission import resubmit
from desk.requests.withdrawal import withdraw
from documents.store import Store
from models.constraints import AlreadyTaken
from models.database import transaction
from models.documents.documents import Upload, UploadUnknown, find_upload
from models.practitioners import PractitionerUnknown
from rules.documents.retention import EndRule
from rules.documents.states import WITHOUT_CONTENT, DocumentState
from rules.requests.correctable import Correctable
from rules.requests.statuses import Kind
from rules.requests.verdicts import Verdict
from rules.values.document_kind import DocumentKind
from support.document_files import EXAMPLES
from support.documents import files_below, put_a_file_there, stream
from support.naming import naming, ready, submission
from support.people import NOURA, RAHUL
from support.requests import NOW, request_at_gate
from support.shelved import certificates
from support.uploads import all_uploads, load_upload, told_of, upload_row

pytestmark = pytest.mark.usefixtures("folder")
LETTER = EXAMPLES / "employer-letter.pdf"
MINE, THEIRS = NOURA["registration_number"], RAHUL["registration_number"]
LATER = NOW + timedelta(hours=1)
RETURN = Ruling(
    verdict=Verdict.RETURN,
    officer="amal",
    reason_code="document_not_accepted",
    fields=[Correctable("documents")],
)
HAS_CONTENT = [state for state in DocumentState if state not in WITHOUT_CONTENT]


async def replaced_by_another(old: Upload) -> Upload:
    kind = DocumentKind.EMPLOYER_LETTER
    return await add(LETTER, kind=kind, owner=MINE, replaces=old.id, now=LATER)


async def refusal(old: Upload) -> tuple[str, str]:
    with pytest.raises(UploadRefused) as refused:
        await replaced_by_another(old)
    (found,) = refused.value.problems
    return found.code, found.field


async def at_gate(upload: Upload) -> str:
    """The code of a request under review that names the upload."""
    return await request_at_gate(submission(Kind.PROFILE_UPDATE, naming(upload)))


@pytest.mark.parametrize("state", [each for each in HAS_CONTENT if each != "replaced"])
async def test_a_document_gives_its_place_to_another(state: DocumentState) -> None:
    """Wherever it stands; its owner did it, and what follows names what it replaced."""
    old = await upload_row(state=state)

    new = await replaced_by_another(old)

    assert (new.state, new.replaces) == (DocumentState.READY, old.id)
    left = await load_upload(old.id)
    assert (left.state, left.state_since) == (DocumentState.REPLACED, LATER)
    assert left.wrapped_key is not None
    assert (await told_of(old.id))[-1].actor_kind == "owner"


@pytest.mark.parametrize("state", WITHOUT_CONTENT)
async def test_what_has_no_content_can_be_replaced_as_well(state: DocumentState) -> None:
    """To upload another copy is the cure that its sentence names."""
    old = await upload_row(state=state)

    new = await replaced_by_another(old)

    assert (new.state, new.replaces) == (DocumentState.READY, old.id)
    assert (await load_upload(old.id)).state is state
    with pytest.raises(AlreadyTaken):
        await replaced_by_another(old)


async def test_of_two_in_one_place_the_second_is_told(folder: Path) -> None:
    """One after the other: nothing is kept of the second."""
    old = await upload_row(state=DocumentState.READY)
    new = await replaced_by_another(old)

    with pytest.raises(AlreadyTaken) as refused:
        await replaced_by_another(old)

    assert [found.code for found in refused.value.problems] == ["document_replaced_already"]
    assert {file.parent.name for file in files_below(folder)} == {new.id}


@pytest.mark.parametrize("state", [DocumentState.READY, DocumentState.UNREADABLE])
async def test_of_two_at_once_in_one_place_one_is_kept(state: DocumentState, folder: Path) -> None:
    """The other is told, and its file is gone."""
    old = await upload_row(state=state)

    ended = await asyncio.gather(*(replaced_by_another(old) for _ in "ab"), return_exceptions=True)

    assert sorted(type(each).__name__ for each in ended) == ["AlreadyTaken", "Upload"]
    (new,) = [each for each in await all_uploads() if each.replaces == old.id]
    assert {file.parent.name for file in files_below(folder)} == {new.id}


async def test_another_person_s_document_cannot_be_replaced() -> None:
    """It is not told from one that nobody sent."""
    theirs = await upload_row(owner=THEIRS, state=DocumentState.READY)

    with pytest.raises(UploadUnknown):
        await replaced_by_another(theirs)

    assert (await load_upload(theirs.id)).state is DocumentState.READY


async def test_a_document_of_another_kind_is_not_replaced() -> None:
    """A slot is of one kind."""
    old = await upload_row(state=DocumentState.READY, kind=DocumentKind.QUALIFICATION)

    assert await refusal(old) == ("document_of_another_kind", "replaces")


async def test_a_document_under_review_stays_until_the_request_is_returned() -> None:
    """An officer decides on what was sent; the correction may bring another one."""
    old = await ready()
    code = await at_gate(old)
    assert await refusal(old) == ("document_in_hand", "replaces")

    await decide(code, RETURN, now=NOW)
    new = await replaced_by_another(old)
    await resubmit(code, submission(Kind.PROFILE_UPDATE, naming(new)), now=LATER)

    assert (await load_upload(old.id)).state is DocumentState.REPLACED
    assert (await load_upload(old.id)).wrapped_key is not None
    assert await refusal(new) == ("document_in_hand", "replaces")


async def test_a_document_of_a_withdrawn_request_can_be_replaced() -> None:
    """Nobody decides on it any more; until its end it stays as it was sent."""
    old = await ready()
    code = await at_gate(old)
    await withdraw(code, now=NOW)

    await replaced_by_another(old)

    assert (await load_upload(old.id)).wrapped_key is not None


async def test_a_check_that_comes_late_leaves_a_replaced_document_as_it_is() -> None:
    """It had been taken to be checked before it was replaced."""
    old = await upload_row(state=DocumentState.CLEAN)
    await replaced_by_another(old)

    assert (await check(old.id, now=LATER)).state is DocumentState.REPLACED


@pytest.mark.parametrize("state", HAS_CONTENT)
async def test_a_document_is_taken_back_by_its_owner(state: DocumentState, folder: Path) -> None:
    """Its key and its content are gone, and a certificate says why; again is harmless."""
    upload = await upload_row(state=state)
    name = f"{upload.id}/original"
    await Store.at(folder.as_uri()).put(name, stream(b"sealed"))

    await take_back(upload.id, owner="2010-4567", now=LATER)
    again = await take_back(upload.id, owner=MINE, now=LATER + timedelta(days=1))

    assert (again.state, again.wrapped_key) == (DocumentState.DESTROYED, None)
    assert again.state_since == again.content_removed_at == LATER
    assert list(files_below(folder)) == []
    assert [each.rule for each in await certificates()] == [EndRule.TAKEN_BACK]


async def test_what_was_destroyed_for_another_reason_stays_so() -> None:
    """Taking it back changes nothing of what is written."""
    upload = await upload_row(state=DocumentState.SUSPECT, content_removed_at=NOW)

    assert await take_back(upload.id, owner=MINE, now=LATER) == await load_upload(upload.id)
    assert await certificates() == []


async def test_nobody_takes_back_what_is_another_s() -> None:
    """Nor what nobody has, nor as somebody who is not on the register."""
    theirs = await upload_row(owner=THEIRS, state=DocumentState.READY)

    for upload_id in (theirs.id, "0" * 32, "no id"):
        with pytest.raises(UploadUnknown):
            await take_back(upload_id, owner=MINE)
    with pytest.raises(PractitionerUnknown):
        await take_back(theirs.id, owner="20999999")
    with pytest.raises(UploadRefused):
        await take_back(theirs.id, owner="20-1")
    assert (await load_upload(theirs.id)).state is DocumentState.READY


async def test_what_a_request_names_is_not_taken_back() -> None:
    """Neither under review nor returned nor withdrawn: the request's end decides."""
    upload = await ready()
    code = await at_gate(upload)
    assert await taking_back_is_refused(upload)
    await decide(code, RETURN, now=NOW)
    assert await taking_back_is_refused(upload)
    await withdraw(code, now=NOW)

    assert await taking_back_is_refused(upload)
    assert (await load_upload(upload.id)).state is DocumentState.READY


async def taking_back_is_refused(upload: Upload) -> bool:
    with pytest.raises(UploadRefused) as refused:
        await take_back(upload.id, owner=MINE, now=LATER)
    return [found.code for found in refused.value.problems] == ["document_named"]


async def test_a_store_that_is_away_does_not_keep_a_document_from_its_owner(folder: Path) -> None:
    """The key is gone, which is the destruction; the store is emptied when it is back."""
    upload = await add(LETTER, kind=DocumentKind.EMPLOYER_LETTER, owner=MINE, now=NOW)
    put_a_file_there(folder)

    taken = await take_back(upload.id, owner=MINE, now=LATER)

    assert (taken.state, taken.wrapped_key) == (DocumentState.DESTROYED, None)


async def test_of_taking_back_and_replacing_at_once_both_end_well() -> None:
    """In either order: the place is the new one's, and nothing is half done."""
    old = await upload_row(state=DocumentState.READY)

    _, new = await asyncio.gather(
        take_back(old.id, owner=MINE, now=LATER), replaced_by_another(old)
    )

    assert (new.state, new.replaces) == (DocumentState.READY, old.id)
    async with transaction() as session:
        assert (await find_upload(session, old.id)).state is DocumentState.DESTROYED
