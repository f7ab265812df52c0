"""Documents that we hold: looked at, and used again in both journeys."""

from pathlib import Path

import httpx
import pytest

from desk.drafts import renewal, update
from desk.requests.waiting import load_request
from desk.requests.withdrawal import withdraw
from models.access_log import Looked, Viewer, looks_at_upload
from models.database import transaction
from models.documents.documents import find_upload
from models.documents.door import OWNER, Ending, move_upload
from rules.documents.retention import EndRule
from rules.documents.states import DocumentState
from support.accounts import OURS, Member, hidden_fields, press, with_password
from support.pages import fill, sent_code
from support.renewing import (
    LETTER,
    LETTER_FILE,
    LETTER_TYPED,
    NEEDS,
    PDF,
    REVIEW,
    TASKS,
    holder,
    returned,
    send_file,
    write,
)
from support.requests import NOW
from support.uploads import all_uploads, load_upload, name_a_shelf, upload_row
from tasks.steps.validation import validate

HELD, UPDATE_HELD = "/renewal/held/employer_letter", "/update/held/employer_letter"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where documents lie."""
    return name_a_shelf(tmp_path, monkeypatch)


@pytest.fixture
async def member(browser: httpx.AsyncClient) -> Member:
    """Whoever sits before the browser, with a card."""
    return await holder(browser)


async def letter_of(code: str) -> str:
    """The upload that the request names."""
    upload_id = (await load_request(code)).submission["documents"][0]["id"]
    assert isinstance(upload_id, str)
    return upload_id


async def sent_before(browser: httpx.AsyncClient) -> str:
    """A letter with a file, of a renewal that was withdrawn since: its upload."""
    await write(browser)
    code = await sent_code(browser, REVIEW)
    await validate.task.fn(code)
    await withdraw(code, now=NOW)
    return await letter_of(code)


async def test_a_renewal_offers_what_was_sent_before(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """From what is needed on; chosen, it is stated, attached, and named by the request."""
    upload = await sent_before(browser)
    needs = await browser.get(NEEDS)
    await press(browser, NEEDS, {})
    pages = [await browser.get(page) for page in (TASKS, LETTER, LETTER_FILE)]
    offer = await browser.get(HELD)
    chosen = await press(browser, HELD, {})
    code = await sent_code(browser, REVIEW)

    assert "can use it again until" in needs.text
    assert "1\u00a0February\u00a02027" in needs.text
    for page in pages:
        assert f'href="{HELD}?lang=en"' in page.text
    assert "King Salman Hospital" in offer.text
    assert f'src="/my-documents/{upload}/pages/1"' in offer.text
    assert (chosen.status_code, chosen.headers["location"]) == (303, TASKS)
    assert await letter_of(code) == upload


async def test_an_update_offers_what_was_sent_before(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Where its changes need it, and where a document waits for its file."""
    upload = await sent_before(browser)
    await fill(browser, "/update/edit/employer", employer="King Fahad Hospital")
    details = await browser.get("/update/details")
    await fill(browser, "/update/add/document?kind=employer_letter", **LETTER_TYPED)
    file = await browser.get("/update/file/document-1")
    chosen = await press(browser, UPDATE_HELD, {})
    code = await sent_code(browser, "/update/review")

    for page in (details, file):
        assert f'href="{UPDATE_HELD}?lang=en"' in page.text
    assert chosen.headers["location"] == "/update/details#document-1"
    assert await letter_of(code) == upload


async def test_what_no_request_has_named_is_asked_for_its_particulars(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Sent in a renewal that was discarded: nothing photographed is lost."""
    await write(browser)
    await press(browser, "/renewal/discard", {})
    (upload,) = await all_uploads()
    await press(browser, NEEDS, {})

    offer = await browser.get(HELD)
    chosen = await press(browser, HELD, {})
    in_update = await press(browser, UPDATE_HELD, {})

    assert "We will ask you for its details" in offer.text
    assert chosen.headers["location"] == LETTER
    assert in_update.headers["location"] == "/update/edit/document-1"
    content = (await renewal.look(member.registration_number, now=NOW)).content
    assert content["employer_letter"] == {"id": upload.id}


@pytest.mark.parametrize("page", [HELD, UPDATE_HELD])
async def test_what_has_ended_since_the_page_was_shown_is_told(
    browser: httpx.AsyncClient, member: Member, page: str
) -> None:
    """Nothing is chosen, also where nothing or nonsense was sent."""
    upload = await sent_before(browser)
    await press(browser, NEEDS, {})
    shown = await browser.get(page)
    body = hidden_fields(shown.text, page)
    async with transaction() as session:
        row = await find_upload(session, upload, lock=True)
        await move_upload(
            session,
            row,
            DocumentState.DESTROYED,
            by=OWNER,
            now=NOW,
            ending=Ending(EndRule.TAKEN_BACK),
        )

    answers = [
        await browser.post(page, data=body | {"document": each}, headers=OURS)
        for each in (body["document"], "", "\x00" * 32, "x" * 3_000)
    ]

    for answer in answers:
        assert answer.status_code == 409
        assert "can no longer be used" in answer.text
        assert "We hold no document of this kind" in answer.text
    assert (await renewal.look(member.registration_number, now=NOW)).content == {}
    assert (await update.look(member.registration_number, now=NOW)).content == {}


@pytest.mark.parametrize("page", [HELD, UPDATE_HELD])
async def test_a_choice_from_elsewhere_is_shown_again(
    browser: httpx.AsyncClient, member: Member, page: str
) -> None:
    """Another site, a forged token."""
    await sent_before(browser)
    await press(browser, NEEDS, {})

    crossed = await press(browser, page, {}, headers={"Sec-Fetch-Site": "cross-site"})
    forged = await press(browser, page, {"csrf": "0" * 64})

    assert (crossed.status_code, forged.status_code) == (403, 403)
    assert "King Salman Hospital" in crossed.text
    assert (await renewal.look(member.registration_number, now=NOW)).content == {}


@pytest.mark.parametrize(
    "page",
    [
        "/renewal/held/residence_card",
        "/renewal/held/nothing",
        "/update/held/nothing",
        "/update/held/document-1",
    ],
)
async def test_there_is_a_page_for_what_is_asked_for_alone(
    browser: httpx.AsyncClient, member: Member, page: str
) -> None:
    """Read or sent."""
    await press(browser, NEEDS, {})

    assert (await browser.get(page)).status_code == 404
    assert (await browser.post(page, headers=OURS)).status_code == 404


async def test_each_page_that_is_looked_at_is_a_line_of_the_log(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """The owner's own; the page that lists the pictures is none."""
    upload = await sent_before(browser)

    listed = await browser.get(f"/my-documents/{upload}")
    picture = await browser.get(f"/my-documents/{upload}/pages/1")

    assert f'src="/my-documents/{upload}/pages/1"' in listed.text
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert picture.headers["cache-control"] == "no-store"
    assert picture.content.startswith(b"\xff\xd8")
    async with transaction() as session:
        (line,) = await looks_at_upload(session, upload, limit=9)
    assert (line.viewer_kind, line.what, line.page) == (
        Viewer.PRACTITIONER,
        Looked.DOCUMENT_PAGE,
        1,
    )


@pytest.mark.parametrize("number", ["0", "2", "01", "x", "99999", "%00"])
async def test_a_page_that_is_none_is_not_there(
    browser: httpx.AsyncClient, member: Member, number: str
) -> None:
    """And leaves no line."""
    upload = await sent_before(browser)

    assert (await browser.get(f"/my-documents/{upload}/pages/{number}")).status_code == 404
    async with transaction() as session:
        assert await looks_at_upload(session, upload, limit=9) == []


async def test_the_document_of_somebody_else_is_not_there(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Nor one that nobody has; neither its list nor a page of it."""
    other = await with_password()
    theirs = await upload_row(owner=other.registration_number, state=DocumentState.READY, pages=1)

    for named in (theirs.id, "0" * 32, "nonsense", "%00"):
        assert (await browser.get(f"/my-documents/{named}")).status_code == 404
        assert (await browser.get(f"/my-documents/{named}/pages/1")).status_code == 404
    async with transaction() as session:
        assert await looks_at_upload(session, theirs.id, limit=9) == []


async def test_a_correction_shows_the_document_that_was_sent(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Beside the new one, also after that took its place."""
    code = await returned(browser)
    before = await letter_of(code)
    await press(browser, f"/requests/{code}/correct", {})
    pages = [await browser.get(page) for page in (LETTER, LETTER_FILE)]
    await send_file(browser, PDF.read_bytes())
    after = await browser.get(LETTER_FILE)

    for page in (*pages, after):
        assert f'src="/my-documents/{before}/pages/1"' in page.text
    assert (await load_upload(before)).state is DocumentState.REPLACED
    assert (await browser.get(f"/my-documents/{before}/pages/1")).status_code == 200


async def test_what_is_used_again_is_left_to_the_request_that_named_it_first(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Another file in this renewal does not take its place there."""
    upload = await sent_before(browser)
    await press(browser, NEEDS, {})
    await press(browser, HELD, {})

    await send_file(browser, PDF.read_bytes())

    assert (await load_upload(upload)).state is DocumentState.READY
    content = (await renewal.look(member.registration_number, now=NOW)).content
    assert content["employer_letter"]["id"] != upload
