"""The answer to an access request holds everything about one person, and nothing of another."""

import io
import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from desk.retention import person_archive
from desk.retention.person_archive import ArchiveWritten, write_archive
from documents.keys import new_master_key
from models.own_rows import own_tables
from models.practitioners import PractitionerUnknown
from rules.values.document_kind import DocumentKind
from support.keeping import ended_request, rows
from support.people import NOURA, register_applicant, register_people
from support.requests import NOW
from support.shelved import CONTENT, shelved

NUMBER = NOURA["registration_number"]


@pytest.fixture(autouse=True)
async def kept(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Noura and somebody else, each with a request and its e-mails; Noura with a document."""
    folder = tmp_path / "documents"
    monkeypatch.setenv("MUMARIS_DOCUMENTS", folder.as_uri())
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    await register_people()
    await ended_request(NOW)
    other = (await register_applicant()).registration_number
    await ended_request(NOW, number=other, key="of-another")
    await shelved(NOW)
    return folder


async def archive(number: str = NUMBER) -> tuple[ArchiveWritten, Mapping[str, bytes]]:
    """What was written, by name."""
    out = io.BytesIO()
    written = await write_archive(number, out, officer="basim", now=NOW)
    with zipfile.ZipFile(out) as made:
        assert made.testzip() is None
        return written, {name: made.read(name) for name in made.namelist()}


def lose(folder: Path) -> None:
    """Leave nothing in the store."""
    shutil.rmtree(folder)
    folder.mkdir()


async def test_every_table_that_holds_something_is_in_it() -> None:
    """Found by the tables themselves, as rows and not as their number."""
    written, held = await archive()

    tables = {name for name in held if name.startswith("tables/")}
    known = {f"tables/{table.name}.json" for table in own_tables()}
    assert tables <= known
    assert {"tables/requests.json", "tables/letters.json", "tables/access_log.json"} <= tables
    [person] = json.loads(held["tables/practitioners.json"])
    assert person["email"] == NOURA["email"]
    assert written.tables == len(tables)
    assert all(json.loads(held[name]) for name in tables)


async def test_e_mails_are_in_it_as_they_were_sent() -> None:
    """In words; one that was not sent is a row alone."""
    written, held = await archive()

    emails = [name for name in held if name.startswith("emails/")]
    ((sent,),) = await rows(
        "SELECT count(*) FROM letters JOIN requests ON requests.id = request_id"
        " JOIN practitioners ON practitioners.id = practitioner_id"
        " WHERE registration_number = :number AND letters.status = 'sent'",
        number=NUMBER,
    )
    assert len(emails) == written.emails == sent > 0
    assert all(name.endswith(".txt") for name in emails)
    assert f"To: {NOURA['email']}" in held[emails[0]].decode()
    assert "Subject: " in held[emails[0]].decode()


async def test_documents_are_in_it_as_they_came() -> None:
    """Opened, and each with its line of the access log before."""
    written, held = await archive()

    name = f"documents/0001-{DocumentKind.EMPLOYER_LETTER}.pdf"
    assert CONTENT in held[name]
    assert (written.documents, written.missing) == (1, 0)
    looks = await rows("SELECT what, viewer FROM access_log WHERE why = 'an access request'")
    assert sorted(map(tuple, looks)) == [("document_original", "basim"), ("own_copy", "basim")]


async def test_a_document_that_cannot_be_read_stops_nothing(kept: Path) -> None:
    """The index names it."""
    lose(kept)

    written, held = await archive()

    assert (written.documents, written.missing) == (0, 1)
    assert "could not be read:\n  documents/0001" in held["index.txt"].decode()


async def test_the_index_says_in_both_languages_what_is_in_it() -> None:
    """Every other file by its name."""
    _, held = await archive()

    index = held["index.txt"].decode()
    assert "Everything that is held about one person" in index
    assert "جميع البيانات المحفوظة" in index
    assert [name for name in held if name != "index.txt" and name not in index] == []


async def test_nothing_of_anybody_else_is_in_it_and_no_name_says_whose_it_is() -> None:
    """A name inside can be read without opening a file."""
    _, held = await archive()

    text = b"".join(held.values()).decode(errors="replace")
    others = await rows(
        "SELECT registration_number, identity_number, email FROM practitioners"
        " WHERE registration_number <> :number",
        number=NUMBER,
    )
    assert len(others) > 1
    assert [each for other in others for each in other if each in text] == []
    names = " ".join(held)
    assert [value for value in NOURA.values() if str(value) in names] == []


async def test_nothing_is_given_out_without_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines are kept before the first byte, also where writing then fails."""

    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(person_archive.zipfile, "ZipFile", fails)
    with pytest.raises(RuntimeError):
        await archive()

    assert len(await rows("SELECT 1 FROM access_log WHERE why = 'an access request'")) == 2


async def test_nobody_has_this_number() -> None:
    """Nothing is written, and no line."""
    out = io.BytesIO()
    with pytest.raises(PractitionerUnknown):
        await write_archive("99999999", out, officer="basim", now=NOW)

    assert out.getvalue() == b""
