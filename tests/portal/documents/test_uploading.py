"""A file sent over HTTP: what is answered, and what is kept."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from desk.policy import current_policy
from models.database import transaction
from models.documents.documents import Upload
from portal.documents import showing, uploading
from support.document_files import EXAMPLES, REFUSED
from support.documents import PDF_HEAD, files_below
from support.policies import policy_with
from support.portal import Clock
from support.sent_forms import (
    HEADERS,
    TYPE,
    field,
    file,
    form,
    letter,
    officer,
    part,
)

LETTER = EXAMPLES / "employer-letter.pdf"
KIND = field("kind", "employer_letter")
#: Where each byte is written as three, a name of 300 Arabic letters is longer than most heads.
LONG = "%D9%85" * 300


async def send(browser: httpx.AsyncClient, body: bytes, **headers: str) -> httpx.Response:
    return await browser.post("/documents", content=body, headers={**HEADERS, **headers})


async def uploads() -> list[Upload]:
    async with transaction() as session:
        return list((await session.exec(select(Upload))).all())


async def test_a_letter_is_sent_and_ready(sender: httpx.AsyncClient, clock: Clock) -> None:
    """Its page is told where it stands, and until when it is kept."""
    answer = await send(sender, letter(LETTER.read_bytes()))

    told = answer.json()
    assert answer.status_code == 201
    assert (told["state"], told["pages"], told["problems"]) == ("ready", 1, [])
    assert told["kind"] == "employer_letter"
    assert told["kept_until"] > clock.now.isoformat()
    assert (await sender.get(f"/documents/{told['id']}")).json() == told


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_a_form_may_come_in_any_pieces(sender: httpx.AsyncClient, size: int) -> None:
    """Its marks are found wherever a network cuts them."""
    body = letter(LETTER.read_bytes())

    async def cut_up() -> AsyncIterator[bytes]:
        for start in range(0, len(body), size):
            yield body[start : start + size]

    answer = await sender.post("/documents", content=cut_up(), headers=HEADERS)

    assert answer.json()["state"] == "ready"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        pytest.param(letter(b""), 422, "file_empty", id="empty"),
        pytest.param(letter(b"MZ" + bytes(100)), 415, "file_wrong_type", id="a program"),
        pytest.param(letter(LETTER.read_bytes()[:900]), 422, "file_damaged", id="cut"),
        pytest.param(letter(LETTER.read_bytes(), kind="poem"), 422, "document_kind_unknown"),
        pytest.param(form(file(b"%PDF-")), 422, "document_kind_unknown", id="no kind"),
        pytest.param(letter(PDF_HEAD, kind="identity"), 422, "document_kind_not_accepted"),
        pytest.param(form(KIND), 422, "no_file", id="no file"),
        pytest.param(form(), 422, "no_file", id="no part"),
        pytest.param(form(KIND, file(PDF_HEAD), file(PDF_HEAD)), 422, "one_file_only"),
        pytest.param(form(KIND, file(PDF_HEAD), KIND), 400, "400", id="a field after the file"),
        pytest.param(form(KIND, KIND, file(PDF_HEAD)), 400, "400", id="a field twice"),
        pytest.param(letter(PDF_HEAD, owner="20104567"), 400, "400", id="a field of its own"),
        pytest.param(letter(PDF_HEAD, kind="x" * 65), 400, "400", id="a long field"),
        pytest.param(letter(PDF_HEAD, replaces="0" * 32), 422, "document_unknown"),
        pytest.param(letter(PDF_HEAD, replaces="\0"), 422, "document_unknown"),
        pytest.param(letter(PDF_HEAD)[:-20], 400, "form_incomplete", id="the end is missing"),
        pytest.param(KIND[:40], 400, "form_incomplete", id="cut in a head"),
        pytest.param(b"", 400, "form_incomplete", id="nothing"),
        pytest.param(letter(PDF_HEAD) + bytes(5000), 400, "400", id="more behind the end"),
        pytest.param(b"\r\n" * 20_000 + letter(PDF_HEAD), 400, "400", id="much before"),
        pytest.param(b"kind=employer_letter", 400, "400", id="no mark at all"),
        pytest.param(part(f'form-data; name="{LONG}"', b""), 400, "400", id="a long head"),
    ],
)
async def test_what_cannot_be_taken_is_told(
    sender: httpx.AsyncClient, folder: Path, body: bytes, status: int, code: str
) -> None:
    """With its code, and a sentence in both languages; nothing of it is kept."""
    # In small pieces, so that what is behind the end is not in the same piece.
    answer = await sender.post("/documents", content=pieces(body), headers=HEADERS)

    (problem,) = answer.json()["problems"]
    assert (answer.status_code, problem["code"]) == (status, code)
    assert problem["sentence_ar"] != problem["sentence_en"]
    assert files_below(folder) == []


async def pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 512):
        yield body[start : start + 512]


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "\u202efdp.exe",
        "ن" * 300,
        LONG,
        "letter%22; name=%22kind",
        "letter.pdf\0.exe",
        "C:\\Users\\noura\\letter.pdf",
        "",
    ],
)
async def test_the_name_of_a_file_is_nothing_to_us(
    sender: httpx.AsyncClient, folder: Path, name: str
) -> None:
    """Whatever it is: it is kept nowhere, not even for the answer."""
    answer = await send(sender, form(KIND, file(LETTER.read_bytes(), name=name)))

    (kept,) = await uploads()
    assert answer.status_code == 201
    assert not name or name not in answer.text + repr(kept)
    assert {path.name for path in files_below(folder)} == {"original", "page-1"}


async def test_the_type_that_a_browser_names_is_nothing_to_us(sender: httpx.AsyncClient) -> None:
    """A PDF is one by its first bytes."""
    sent = file(LETTER.read_bytes(), media_type="text/html")

    assert (await send(sender, form(KIND, sent))).status_code == 201


async def test_a_file_of_the_limit_is_taken_and_one_byte_more_is_not(
    sender: httpx.AsyncClient, folder: Path
) -> None:
    """By what comes, not by what is announced: this one announces nothing."""
    limit = current_policy().limits.document_bytes
    most = LETTER.read_bytes() + b"%" * (limit - LETTER.stat().st_size)

    taken = await sender.post("/documents", content=pieces(letter(most)), headers=HEADERS)
    over = await sender.post("/documents", content=pieces(letter(most + b"%")), headers=HEADERS)

    # Its end is a megabyte behind its last mark, so that no page is drawn; it was read to its end.
    assert taken.json()["problems"][0]["code"] == "file_damaged"
    assert (over.status_code, over.json()["problems"][0]["code"]) == (413, "file_too_big")
    assert [each.size_bytes for each in await uploads()] == [limit]
    assert files_below(folder) == []


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/x-www-form-urlencoded", 415),
        ("application/pdf", 415),
        ("", 415),
        ("multipart/mixed; boundary=x", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=", 400),
        ("multipart/form-data; boundary=" + "x" * 71, 400),
        ("multipart/form-data; boundary=a{b", 400),
        (TYPE.replace("Form", "Farm"), 400),
    ],
)
async def test_another_body_than_a_form_is_told(
    sender: httpx.AsyncClient, content_type: str, status: int
) -> None:
    """Also where its marks are other ones than it says."""
    answer = await send(sender, letter(PDF_HEAD), **{"Content-Type": content_type})

    assert answer.status_code == status


async def test_a_packed_body_is_not_unpacked(sender: httpx.AsyncClient) -> None:
    """A megabyte may be a gigabyte."""
    answer = await send(sender, letter(PDF_HEAD), **{"Content-Encoding": "gzip"})

    assert answer.status_code == 415


async def test_a_file_that_cannot_be_shown_is_told_with_its_cure(
    sender: httpx.AsyncClient, folder: Path
) -> None:
    """It was kept until it was looked at; what is left is its row."""
    answer = await send(sender, letter((REFUSED / "password.pdf").read_bytes()))

    told = answer.json()
    assert answer.status_code == 422
    assert [found["code"] for found in told["problems"]] == ["file_protected"]
    assert told["document"]["state"] == "unreadable"
    assert files_below(folder) == []


async def test_of_two_that_replace_the_same_the_second_is_told(
    sender: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    """And nobody replaces what is another's."""
    first = (await send(sender, letter(LETTER.read_bytes()))).json()["id"]
    body = letter(LETTER.read_bytes(), replaces=first)

    others = await send(stranger, body)
    answers = [await send(sender, body) for _ in "ab"]

    assert (others.status_code, others.json()["problems"][0]["code"]) == (422, "document_unknown")
    assert [answer.status_code for answer in answers] == [201, 409]


async def test_only_practitioners_send_files(sender: httpx.AsyncClient) -> None:
    """Nobody is asked to sign in; an officer has nothing to send."""
    nobody = await send(sender, letter(PDF_HEAD), **{"X-Asking": ""})
    an_officer = await send(sender, letter(PDF_HEAD), **officer("amal"))

    assert (nobody.status_code, an_officer.status_code) == (401, 403)
    assert await uploads() == []


async def test_too_many_files_a_day_are_told(sender: httpx.AsyncClient, tmp_path: Path) -> None:
    """429."""
    with policy_with(tmp_path, ("uploads_a_day = 60", "uploads_a_day = 2")):
        answers = [await send(sender, letter(PDF_HEAD)) for _ in "abc"]

    assert [answer.status_code for answer in answers] == [422, 422, 429]


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_do_nothing(sender: httpx.AsyncClient, method: str) -> None:
    """405, with a sentence."""
    answer = await sender.request(method, "/documents", content=letter(PDF_HEAD), headers=HEADERS)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert await uploads() == []


async def test_nothing_of_it_is_open_in_the_portal(browser: httpx.AsyncClient) -> None:
    """Until people sign in there."""
    paths = {route.path for part in (uploading, showing) for route in part.router.routes}

    assert "/documents" in paths
    for path in paths:
        where = path.format(upload_id="0" * 32, page="1")
        assert (await browser.get(where)).status_code == 404
        assert (await browser.post(where, content=b"x")).status_code == 404
