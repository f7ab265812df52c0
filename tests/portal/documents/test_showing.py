"""A document asked about and looked at over HTTP: what is given out, to whom, and how."""

from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image
from sqlmodel import col, select

from documents.media_types import USUAL, MediaType
from models.access_log import AccessLine, Looked
from models.database import transaction
from models.documents.documents import find_upload
from portal.documents.showing import _FILE_NAMES, OriginalFor
from support.document_files import EXAMPLES
from support.documents import files_below
from support.naming import naming
from support.people import NOURA, register_people, specialty_change
from support.portal import Clock
from support.requests import NOW, request_at_gate
from support.sent_forms import (
    HEADERS,
    browser_of,
    field,
    file,
    form,
    letter,
    officer,
    practitioner,
)

LETTER = EXAMPLES / "employer-letter.pdf"
UNKNOWN = "0" * 32
AMAL = officer("amal")
#: The second page of a letter of one; numbers that are none.
NO_PAGES = ["2", "0", "-1", "01", "1.0", "٢", "9" * 5000, "x", "%00", "1%0a"]


@pytest.fixture
async def noura(documents: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of somebody on the register with whom officers deal."""
    await register_people()
    headers = practitioner(NOURA["registration_number"])
    async with browser_of(documents, headers) as client:
        yield client


async def sent(browser: httpx.AsyncClient, form: bytes) -> str:
    answer = await browser.post("/documents", content=form, headers=HEADERS)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.fixture
async def document(noura: httpx.AsyncClient) -> str:
    """Noura's letter."""
    return await sent(noura, letter(LETTER.read_bytes()))


@pytest.fixture
async def code(document: str) -> str:
    """A request of hers at the gate that names it."""
    async with transaction() as session:
        upload = await find_upload(session, document)
    return await request_at_gate(specialty_change(NOW.date(), documents=[naming(upload)]))


async def looks() -> list[AccessLine]:
    async with transaction() as session:
        return list((await session.exec(select(AccessLine).order_by(col(AccessLine.id)))).all())


async def test_a_page_is_a_picture(noura: httpx.AsyncClient, document: str) -> None:
    """And a line of the access log."""
    answer = await noura.get(f"/documents/{document}/pages/1")

    assert answer.headers["content-type"] == "image/jpeg"
    assert Image.open(BytesIO(answer.content)).format == "JPEG"
    assert "content-disposition" not in answer.headers
    assert [(line.what, line.page) for line in await looks()] == [(Looked.DOCUMENT_PAGE, 1)]


async def test_the_original_is_saved_and_not_opened(
    noura: httpx.AsyncClient, document: str
) -> None:
    """As it was sent, under a name that is ours."""
    answer = await noura.get(f"/documents/{document}/original")

    assert answer.content == LETTER.read_bytes()
    assert answer.headers["content-disposition"] == 'attachment; filename="document.pdf"'
    assert answer.headers["content-length"] == f"{len(answer.content)}"
    assert [line.what for line in await looks()] == [Looked.DOCUMENT_ORIGINAL]


async def test_a_photograph_is_given_out_as_it_was_written_anew(noura: httpx.AsyncClient) -> None:
    """Without the place where it was taken."""
    photo = (EXAMPLES / "life-support.jpg").read_bytes()
    document = await sent(noura, form(field("kind", "life_support"), file(photo)))

    answer = await noura.get(f"/documents/{document}/original")

    assert answer.headers["content-disposition"] == 'attachment; filename="document.jpg"'
    assert answer.content != photo
    assert not Image.open(BytesIO(answer.content)).getexif()


def test_every_type_that_is_kept_has_a_name() -> None:
    """A photograph of any type is kept as JPEG."""
    assert set(_FILE_NAMES) == {MediaType.PDF, MediaType.JPEG} >= USUAL


@pytest.mark.parametrize("path", ["", "/pages/1", "/original"])
async def test_another_s_document_is_answered_as_an_unknown_one(
    noura: httpx.AsyncClient, stranger: httpx.AsyncClient, document: str, path: str
) -> None:
    """Byte for byte, and no look is noted."""
    others = await stranger.get(f"/documents/{document}{path}")
    unknown = await stranger.get(f"/documents/{UNKNOWN}{path}")
    malformed = await stranger.get(f"/documents/%00{path}")

    assert others.status_code == 404
    assert others.content == unknown.content == malformed.content
    assert others.headers == unknown.headers
    assert await looks() == []


@pytest.mark.parametrize("page", NO_PAGES)
async def test_a_page_that_is_not_there_is_not_found(
    noura: httpx.AsyncClient, document: str, page: str
) -> None:
    """However it is written."""
    assert (await noura.get(f"/documents/{document}/pages/{page}")).status_code == 404
    assert await looks() == []


async def test_an_officer_sees_what_the_request_names(
    noura: httpx.AsyncClient, document: str, code: str
) -> None:
    """In the name of the request, and of no other; each look says for which."""
    page = f"/documents/{document}/pages/1"

    seen = await noura.get(page, params={"request": code}, headers=AMAL)
    refused = [
        await noura.get(page, params=params, headers=AMAL)
        for params in ({}, {"request": "K7Q2-M9XD"}, {"request": "\0"}, {"request": ""})
    ]

    assert seen.status_code == 200
    assert [answer.status_code for answer in refused] == [404] * 4
    assert [line.viewer for line in await looks()] == ["amal"]


async def test_an_officer_says_why_the_original_is_needed(
    noura: httpx.AsyncClient, document: str, code: str
) -> None:
    """By a word of ours: an address is no place for a sentence about a person."""
    original = f"/documents/{document}/original"

    silent = await noura.get(original, params={"request": code}, headers=AMAL)
    talking = await noura.get(original, params={"request": code, "why": "Noura"}, headers=AMAL)
    said = await noura.get(original, params={"request": code, "why": "forgery"}, headers=AMAL)

    assert [silent.status_code, talking.status_code, said.status_code] == [422, 422, 200]
    assert "reason_needed" in talking.text
    assert [line.why for line in await looks()] == [OriginalFor.FORGERY]


@pytest.mark.parametrize("path", ["", "/pages/1", "/original"])
async def test_nobody_who_has_not_signed_in_sees_anything(
    noura: httpx.AsyncClient, document: str, path: str
) -> None:
    """401, for what is there and what is not."""
    for each in (document, UNKNOWN):
        answer = await noura.get(f"/documents/{each}{path}", headers={"X-Asking": ""})
        assert answer.status_code == 401


async def test_after_its_day_a_document_is_not_shown(
    noura: httpx.AsyncClient, document: str, clock: Clock
) -> None:
    """Also where nothing has destroyed it yet; its state says so."""
    clock.forward(timedelta(days=31))

    page = await noura.get(f"/documents/{document}/pages/1")
    told = await noura.get(f"/documents/{document}")

    assert (page.status_code, page.json()["problems"][0]["code"]) == (409, "document_gone")
    assert told.json()["problems"][0]["code"] == "document_gone"


async def test_every_answer_keeps_a_stranger_s_file_harmless(
    noura: httpx.AsyncClient, document: str
) -> None:
    """A picture, a download, a refusal, what is not found, and what is broken."""
    for path in ("", "/pages/1", "/original", "/pages/9", "/nothing"):
        headers = (await noura.get(f"/documents/{document}{path}")).headers
        assert headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "private, no-store"


async def test_what_is_damaged_in_the_store_is_no_picture(
    noura: httpx.AsyncClient, document: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """500 with a number, before anything is given out; what is lost is heard of as well."""
    (page,) = [path for path in files_below(folder) if path.name == "page-1"]
    page.write_bytes(page.read_bytes()[:-1] + b"x")
    damaged = await noura.get(f"/documents/{document}/pages/1")
    page.unlink()
    lost = await noura.get(f"/documents/{document}/pages/1")

    assert (damaged.status_code, lost.status_code) == (500, 404)
    assert damaged.json()["error_id"] in caplog.text
    assert "ContentDamaged at" in caplog.text
    assert "not in the store" in caplog.text
    assert document not in caplog.text


async def test_without_its_database_it_says_when_to_come_back(
    noura: httpx.AsyncClient, document: str, away: None
) -> None:
    """In both languages, and nothing about us."""
    answer = await noura.get(f"/documents/{document}")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert "few minutes" in answer.json()["problems"][0]["sentence_en"]


@pytest.mark.parametrize("path", ["", "/pages/1", "/original"])
@pytest.mark.parametrize("method", ["HEAD", "PUT", "POST", "DELETE"])
async def test_only_a_get_looks(
    noura: httpx.AsyncClient, document: str, method: str, path: str
) -> None:
    """Every look is a line; a HEAD would be one at nothing."""
    answer = await noura.request(method, f"/documents/{document}{path}")

    assert answer.status_code == 405
    assert await looks() == []
