"""Documents over the API: sent for people, named by submissions, asked after."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.api import System, problem_of
from support.cards import give_card, renewal
from support.document_files import EXAMPLES
from support.machines import machine_lines
from support.people import NOURA, register_applicant
from support.requests import NOW
from support.uploads import name_a_shelf, upload_row

PDF = (EXAMPLES / "employer-letter.pdf").read_bytes()
NUMBER = NOURA["registration_number"]


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place for documents."""
    name_a_shelf(tmp_path, monkeypatch)


async def send(hospital: System, content: bytes = PDF, **fields: str) -> httpx.Response:
    """Send a file as an employer's letter of Noura's."""
    said = {"registration_number": NUMBER, "kind": "employer_letter", **fields}
    return await hospital.client.post(
        "/documents", data=said, files={"document": ("letter.pdf", content, "application/pdf")}
    )


async def test_a_document_is_sent_asked_after_and_named_by_a_renewal(hospital: System) -> None:
    """As its id, with nothing stated that its file shows."""
    await give_card(NUMBER, expires_on=NOW.date() + timedelta(days=30))
    sent = await send(hospital)
    asked = await hospital.client.get(f"/documents/{sent.json()['id']}")
    wish: dict[str, Any] = renewal(NOW.date())
    del wish["idempotency_key"]
    letter = wish["documents"][0]
    named = {name: letter[name] for name in ("kind", "issuer", "issued_on")}
    wish["documents"] = [{**named, "id": sent.json()["id"]}]
    handed_in = await hospital.submit(wish, kind="card-renewals")

    assert (sent.status_code, sent.json()["state"]) == (201, "ready")
    assert sent.headers["location"] == f"/api/v1/documents/{sent.json()['id']}"
    assert asked.json()["pages"] == sent.json()["pages"]
    assert handed_in.status_code == 201
    assert ("hospital", "documents", None) in await machine_lines()


async def test_nobody_elses_documents_are_sent_or_seen(hospital: System) -> None:
    """As those of people who do not exist."""
    theirs = await register_applicant(employer="Aseer Central Hospital")
    row = await upload_row(owner=theirs.registration_number)

    sent = [
        await send(hospital, registration_number=number)
        for number in (theirs.registration_number, "20999999", "")
    ]
    asked = [await hospital.client.get(f"/documents/{each}") for each in (row.id, "0" * 32, "x")]

    assert {problem_of(one) for one in sent} == {(404, "practitioner_unknown")}
    assert {problem_of(one) for one in asked} == {(404, "document_unknown")}
    assert len({one.text for one in asked}) == 1


@pytest.mark.parametrize(
    ("content", "fields", "expected"),
    [
        (b"", {}, (422, "file_empty")),
        (b"MZ not a document", {}, (415, "file_wrong_type")),
        (PDF, {"kind": "passport"}, (422, "document_kind_unknown")),
        (PDF, {"colour": "red"}, (400, "malformed")),
        (PDF, {"replaces": "x"}, (404, "document_unknown")),
    ],
)
async def test_what_is_no_document_is_refused(
    hospital: System, content: bytes, fields: dict[str, str], expected: tuple[int, str]
) -> None:
    """With what is wrong with it."""
    assert problem_of(await send(hospital, content, **fields)) == expected


async def test_a_document_is_sent_as_a_form(hospital: System) -> None:
    """And not as JSON."""
    sent = await hospital.client.post("/documents", json={"document": "x"})

    assert problem_of(sent) == (415, "form_not_multipart")
