"""The file of a document: sent as browsers send it, named in the draft, and in the request."""

from pathlib import Path

import httpx
import pytest

from desk.drafts.update import look
from desk.requests.waiting import load_request
from models.documents.documents import Upload
from portal.documents.forms import FILE
from support.accounts import OURS, Member, hidden_fields, press
from support.document_files import pdf_of
from support.pages import fill
from support.requests import NOW
from support.uploads import load_upload, name_a_shelf

PAGE = "/update/file/document-1"
DAY = {"issued_on__day": "1", "issued_on__month": "11", "issued_on__year": "2026"}


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the documents lie."""
    return name_a_shelf(tmp_path, monkeypatch)


@pytest.fixture
async def letter(browser: httpx.AsyncClient, member: Member) -> Member:
    """Somebody who changed their employer and gave the letter's particulars."""
    await fill(browser, "/update/edit/employer", employer="King Fahad Hospital")
    await fill(
        browser, "/update/add/document?kind=employer_letter", issuer="King Fahad Hospital", **DAY
    )
    return member


async def upload_id(member: Member) -> str | None:
    """The upload that the draft names."""
    written = await look(member.registration_number, now=NOW)
    return written.content["document-1"].get("id")


def kept_in(store: Path) -> list[Path]:
    """What lies in the store."""
    return [path for path in store.rglob("*") if path.is_file()]


async def send(
    browser: httpx.AsyncClient, content: bytes, headers: dict[str, str] | None = None, **more: str
) -> httpx.Response:
    """Choose a file and press the button."""
    shown = await browser.get(PAGE)
    return await browser.post(
        PAGE,
        data=hidden_fields(shown.text, PAGE) | more,
        files={FILE: ("../../\u202enoura.pdf", content, "text/html")},
        headers=OURS if headers is None else headers,
    )


async def test_a_file_is_sent_and_named_by_the_request(
    browser: httpx.AsyncClient, letter: Member
) -> None:
    """The whole way with a document: particulars, file, review, Next."""
    answer = await send(browser, pdf_of(1))
    review = await browser.get("/update/review")
    sent = await press(browser, "/update/review", {"sure": "yes"})

    code = sent.headers["location"].split("/")[2]
    row = await load_request(code)
    upload: Upload = await load_upload(row.submission["documents"][0]["id"])
    assert answer.headers["location"] == "/update/details#document-1"
    assert "has been uploaded" in review.text
    assert upload.kind == row.submission["documents"][0]["kind"] == "employer_letter"
    assert "noura.pdf" not in review.text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"MZ" + bytes(2_000), "type of file is not accepted"),
        (b"%PDF-1.7" + bytes(11 * 1024 * 1024), "too big"),
    ],
)
async def test_a_file_that_is_not_taken_is_said_why(
    browser: httpx.AsyncClient, letter: Member, content: bytes, said: str
) -> None:
    """On its page, in the summary and beside the box; nothing is named."""
    answer = await send(browser, content)

    assert answer.status_code == 422
    assert said in answer.text
    assert '<a href="#document">' in answer.text
    assert await upload_id(letter) is None


async def test_a_file_from_elsewhere_is_not_taken(
    browser: httpx.AsyncClient, letter: Member, store: Path
) -> None:
    """Another site, a forged token, a field that no page has."""
    crossed = await send(browser, pdf_of(1), {"Sec-Fetch-Site": "cross-site"})
    forged = await send(browser, pdf_of(1), csrf="0" * 64)
    strange = await send(browser, pdf_of(1), owner="1")

    assert [each.status_code for each in (crossed, forged, strange)] == [403, 403, 400]
    assert await upload_id(letter) is None
    assert kept_in(store) == []


async def test_another_file_takes_its_place_in_the_draft(
    browser: httpx.AsyncClient, letter: Member
) -> None:
    """And changing the particulars keeps the file."""
    await send(browser, pdf_of(1))
    first = await upload_id(letter)
    await send(browser, pdf_of(1))
    second = await upload_id(letter)
    await fill(browser, "/update/edit/document-1", issuer="King Fahad Medical City")

    assert first != second
    assert await upload_id(letter) == second


@pytest.mark.parametrize("part", ["document-2", "contact", "certificate-1", "nothing"])
async def test_only_a_document_that_was_begun_has_a_file(
    browser: httpx.AsyncClient, letter: Member, part: str
) -> None:
    """Read or sent."""
    shown = await browser.get(f"/update/file/{part}")
    sent = await browser.post(f"/update/file/{part}", files={FILE: ("a", pdf_of(1))}, headers=OURS)

    assert shown.status_code == sent.status_code == 404


async def test_of_a_residence_card_no_file_is_taken(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Its particulars are enough (PDPL, article 28)."""
    added = await fill(
        browser, "/update/add/document?kind=residence_card", issuer="Passports", **DAY
    )

    shown = await browser.get(PAGE)

    assert added.headers["location"].startswith("/update/details")
    assert shown.status_code == 404
