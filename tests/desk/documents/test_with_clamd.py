"""Sending files where a real ClamAV is asked."""

from collections.abc import Iterator

import pytest

from desk.documents.adding import add
from models.documents.documents import Upload
from rules.documents.states import DocumentState
from rules.values.document_kind import DocumentKind
from support.clamd import FOUND, MOST_BYTES, real_clamd
from support.document_files import EXAMPLES
from support.documents import stream
from support.people import NOURA
from support.requests import NOW
from support.scanner import EICAR


@pytest.fixture(scope="module")
def clamd() -> Iterator[str]:
    """One for all of these."""
    with real_clamd() as socket:
        yield socket


@pytest.fixture(autouse=True)
def named(clamd: str, folder: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUMARIS_CLAMD", clamd)


async def sent(*pieces: bytes) -> Upload:
    owner, kind = NOURA["registration_number"], DocumentKind.EMPLOYER_LETTER
    return await add(stream(*pieces), kind=kind, owner=owner, now=NOW)


@pytest.mark.parametrize("name", ["employer-letter.pdf", "scripts-and-attachments.pdf"])
async def test_an_honest_file_is_ready(name: str) -> None:
    """Scanned, and drawn."""
    upload = await sent((EXAMPLES / name).read_bytes())

    assert (upload.state, upload.scan) == (DocumentState.READY, "clean")


async def test_what_it_finds_is_destroyed() -> None:
    """Wherever in the file it stands."""
    upload = await sent(b"%PDF-1.7\n", bytes(100_000), EICAR)

    assert (upload.state, upload.scan_found) == (DocumentState.SUSPECT, FOUND)
    assert upload.wrapped_key is None


async def test_what_is_too_large_for_it_is_not_taken_as_clean() -> None:
    """It did not look at it, whoever hears of that first."""
    letter = (EXAMPLES / "employer-letter.pdf").read_bytes()

    upload = await sent(letter, bytes(2 * MOST_BYTES), b"\n%%EOF")

    assert upload.state is DocumentState.UNSCANNED
    assert upload.scan in {"not_looked", "away"}
