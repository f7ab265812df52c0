"""Looking at documents: who may, until when, and the line that each look leaves."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from desk.documents.adding import add
from desk.documents.looking import (
    DocumentNotShown,
    LookedAt,
    LookNeedsReason,
    PageUnknown,
    look,
)
from desk.looks import Looker
from desk.officers import OwnRequest
from desk.requests.withdrawal import withdraw
from documents.store import ContentMissing
from models.access_log import AccessLine, Looked, Viewer, looks_at
from models.database import transaction
from models.documents.documents import Upload, UploadUnknown, find_upload
from models.documents.door import OWNER, move_upload
from models.officers import OfficerUnknown
from models.requests import RequestUnknown
from rules.documents.states import DocumentState
from rules.values.document_kind import DocumentKind
from rules.values.tracking_code import NotATrackingCode
from support.document_files import EXAMPLES, opened
from support.documents import whole
from support.naming import naming
from support.people import NOURA, RAHUL, employer_letter, register_people, specialty_change
from support.requests import NOW, request_at_gate
from support.uploads import name_a_shelf, upload_row

LETTER = EXAMPLES / "employer-letter.pdf"
PHOTO = EXAMPLES / "life-support.jpg"
NOURAS = Looker.owner(NOURA["registration_number"])
AMAL = Looker.officer("amal")


@pytest.fixture(autouse=True)
async def shelf(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    await register_people()
    return name_a_shelf(tmp_path, monkeypatch)


async def sent(file: Path = LETTER, *, kind: DocumentKind = DocumentKind.EMPLOYER_LETTER) -> Upload:
    """A file of Noura's, ready."""
    upload = await add(file, kind=kind, owner=NOURA["registration_number"], now=NOW)
    assert upload.state is DocumentState.READY
    return upload


async def named(upload: Upload, **more: Any) -> str:
    """A request of Noura's at the gate that names this letter."""
    return await request_at_gate(specialty_change(NOW.date(), documents=[naming(upload)], **more))


async def at(
    upload: Upload | str, by: Looker, page: int | None = 1, code: str | None = None, **more: Any
) -> LookedAt:
    """What this person is given of it."""
    id_ = upload if isinstance(upload, str) else upload.id
    asked = {"why": None, "now": NOW} | more
    return await look(id_, by=by, page=page, request_code=code, **asked)


async def lines() -> list[AccessLine]:
    async with transaction() as session:
        return list((await session.exec(select(AccessLine).order_by(col(AccessLine.id)))).all())


async def test_the_owner_sees_a_page_of_their_document() -> None:
    """A picture, whatever was sent."""
    seen = await at(await sent(), NOURAS)

    assert seen.media_type == "image/jpeg"
    assert opened(await whole(seen.pieces)).width > 0


async def test_the_owner_gets_the_original_as_it_was_sent() -> None:
    """Of a PDF its size is known beforehand."""
    seen = await at(await sent(), NOURAS, None)

    assert (seen.media_type, seen.size_bytes) == ("application/pdf", LETTER.stat().st_size)
    assert await whole(seen.pieces) == LETTER.read_bytes()


async def test_the_original_of_a_photograph_is_what_was_kept_of_it() -> None:
    """Written anew, without the place where it was taken; so its size is not that of the file."""
    photo = await sent(PHOTO, kind=DocumentKind.LIFE_SUPPORT)

    seen = await at(photo, NOURAS, None)

    assert (seen.media_type, seen.size_bytes) == ("image/jpeg", None)
    assert not opened(await whole(seen.pieces)).getexif()


async def test_an_officer_sees_the_pages_of_the_request_that_they_name() -> None:
    """The code is understood however it is typed."""
    upload = await sent()
    code = await named(upload)

    seen = await at(upload, AMAL, code=code.lower().replace("-", ""))

    assert opened(await whole(seen.pieces)).width > 0


async def test_each_look_is_a_line() -> None:
    """Who, whose, for which request, which page, when and why."""
    upload = await sent()
    code = await named(upload)

    await at(upload, NOURAS, now=NOW)
    await at(upload, Looker.officer("AMAL"), code=code, why="review", now=NOW + timedelta(hours=1))
    await at(upload, AMAL, None, code, why="stamp unclear", now=NOW + timedelta(hours=2))

    own, page, original = await lines()
    assert (own.viewer_kind, own.viewer, own.request_id) == (Viewer.PRACTITIONER, None, None)
    assert (page.viewer_kind, page.viewer, page.why) == (Viewer.OFFICER, "amal", "review")
    assert (page.what, page.page, page.at) == (Looked.DOCUMENT_PAGE, 1, NOW + timedelta(hours=1))
    assert (original.what, original.page) == (Looked.DOCUMENT_ORIGINAL, None)
    assert original.why == "stamp unclear"
    assert page.request_id == original.request_id is not None
    async with transaction() as session:
        found = await looks_at(session, upload.owner_id, limit=9)
    assert found == [(original, code), (page, code), (own, None)]


async def test_the_line_is_kept_before_a_byte_is_given_out(shelf: Path) -> None:
    """It stands also where the bytes then cannot be read."""
    upload = await sent()
    for file in (shelf / upload.id).iterdir():
        file.unlink()

    seen = await at(upload, NOURAS)

    assert [line.upload_id for line in await lines()] == [upload.id]
    with pytest.raises(ContentMissing):
        await whole(seen.pieces)


async def test_a_look_that_cannot_be_noted_does_not_happen(monkeypatch: pytest.MonkeyPatch) -> None:
    """No line, no bytes."""
    upload = await sent()
    monkeypatch.setattr("desk.documents.looking.Looked", Mock(DOCUMENT_PAGE="something_unknown"))

    with pytest.raises(IntegrityError):
        await at(upload, NOURAS)


@pytest.mark.parametrize("id_", ["0" * 32, "x", "\0", "../" * 9, "a" * 10_000])
@pytest.mark.parametrize("by", [NOURAS, AMAL], ids=["owner", "officer"])
async def test_what_is_no_upload_is_unknown_to_everybody(by: Looker, id_: str) -> None:
    """And leaves no line."""
    code = await request_at_gate()

    with pytest.raises(UploadUnknown):
        await at(id_, by, code=code)

    assert await lines() == []


async def test_another_practitioners_document_is_unknown() -> None:
    """As one that is not there."""
    with pytest.raises(UploadUnknown):
        await at(await sent(), Looker.owner(RAHUL["registration_number"]))


async def test_an_officer_sees_nothing_without_a_request_that_names_it() -> None:
    """Neither by none nor by another one."""
    upload = await sent()
    another = await request_at_gate()

    for code in (None, another):
        with pytest.raises(UploadUnknown):
            await at(upload, AMAL, code=code, why="curious")
    with pytest.raises(RequestUnknown):
        await at(upload, AMAL, code="0000-0000")
    with pytest.raises(NotATrackingCode):
        await at(upload, AMAL, code="\0")
    assert await lines() == []


async def test_only_an_active_officer_looks() -> None:
    """Whoever has left sees nothing."""
    upload = await sent()
    code = await named(upload)

    for name in ("retired", "nobody"):
        with pytest.raises(OfficerUnknown):
            await at(upload, Looker.officer(name), code=code)


async def test_an_officer_does_not_look_at_their_own_request_as_an_officer() -> None:
    """Rahul is an officer and a practitioner: he may look as the owner."""
    number = RAHUL["registration_number"]
    upload = await add(LETTER, kind=DocumentKind.EMPLOYER_LETTER, owner=number, now=NOW)
    letter = naming(upload)
    card = employer_letter(NOW.date()) | {"kind": "residence_card", "expires_on": "2028-01-01"}
    document = specialty_change(NOW.date(), registration_number=number, documents=[letter, card])
    code = await request_at_gate(document)

    with pytest.raises(OwnRequest):
        await at(upload, Looker.officer("rahul"), code=code)
    await at(upload, Looker.owner(number), code=code)

    assert [line.viewer_kind for line in await lines()] == [Viewer.PRACTITIONER]


async def test_the_original_needs_a_reason_of_an_officer() -> None:
    """A blank is none."""
    upload = await sent()
    code = await named(upload)

    for why in (None, "", "  \n "):
        with pytest.raises(LookNeedsReason):
            await at(upload, AMAL, None, code, why=why)
    assert await lines() == []


@pytest.mark.parametrize("page", [0, -1, 4, 10**9])
async def test_a_page_that_the_document_does_not_have_is_unknown(page: int) -> None:
    """Pages count from 1."""
    with pytest.raises(PageUnknown):
        await at(await sent(), NOURAS, page)

    assert await lines() == []


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
async def test_what_is_not_ready_is_not_shown(state: DocumentState, code: str) -> None:
    """Not to its owner either: what nobody has checked goes into no browser."""
    upload = await upload_row(state=state, pages=1)

    with pytest.raises(DocumentNotShown) as refused:
        await at(upload, NOURAS)

    assert [found.code for found in refused.value.problems] == [code]
    assert await lines() == []


async def test_what_a_request_still_names_is_shown_after_it_was_replaced() -> None:
    """An officer who opens the earlier round sees what was decided on."""
    upload = await sent()
    code = await named(upload)
    async with transaction() as session:
        row = await find_upload(session, upload.id, lock=True)
        await move_upload(session, row, DocumentState.REPLACED, by=OWNER, now=NOW)

    seen = await at(upload, AMAL, code=code)

    assert await whole(seen.pieces)


async def test_nothing_is_shown_from_its_day_on_though_nobody_has_destroyed_it() -> None:
    """A year after the request's end, to the second."""
    upload = await sent()
    code = await named(upload)
    await withdraw(code, now=NOW)
    day = NOW + timedelta(days=365)

    await at(upload, NOURAS, now=day - timedelta(seconds=1))
    for looker in (NOURAS, AMAL):
        with pytest.raises(DocumentNotShown):
            await at(upload, looker, code=code, now=day)


async def test_a_report_is_shown_until_its_request_is_decided_and_no_longer() -> None:
    """Look and destroy."""
    report = await sent(EXAMPLES / "medical-report.pdf", kind=DocumentKind.MEDICAL_REPORT)
    shown = naming(report, kind="medical_report", issuer="Oasis Clinic")
    letter = employer_letter(NOW.date())
    code = await request_at_gate(specialty_change(NOW.date(), documents=[letter, shown]))

    await at(report, AMAL, code=code)
    await withdraw(code, now=NOW)

    with pytest.raises(DocumentNotShown):
        await at(report, AMAL, code=code)
