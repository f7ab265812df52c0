"""A stack on one machine makes its documents' store and keys by itself."""

from pathlib import Path

import pytest

from desk.documents.local import keep_documents, keep_documents_apart
from documents.key_file import KeyFileReadable, make_key_file
from documents.keys import new_master_key
from documents.settings import DocumentSettings
from documents.store import NotAStoreAddress


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for what a test sets itself."""
    for name in ("DOCUMENTS", "DOCUMENT_KEYS", "DOCUMENT_KEYS_FILE", "CLAMD", "HOME"):
        monkeypatch.delenv(f"MUMARIS_{name}", raising=False)


def test_store_and_keys_are_made_in_its_home(tmp_path: Path) -> None:
    """For their owner alone; at the next start they are the same."""
    first = keep_documents(tmp_path)
    keys = (tmp_path / "document-keys").read_text()
    second = keep_documents(tmp_path)

    assert first == second
    assert first["MUMARIS_DOCUMENTS"] == (tmp_path / "documents").as_uri()
    assert (tmp_path / "document-keys").read_text() == keys
    assert (tmp_path / "document-keys").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "documents").stat().st_mode & 0o777 == 0o700


def test_another_process_finds_what_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the variables alone, from any folder."""
    monkeypatch.chdir(tmp_path)
    made = keep_documents(Path("home"))
    monkeypatch.chdir("/")
    for name, value in made.items():
        monkeypatch.setenv(name, value)

    found = DocumentSettings()

    assert found.address == (tmp_path / "home" / "documents").as_uri()
    assert found.master_keys().current_id


def test_what_the_environment_names_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store, the scanner and the key file of whoever has set them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MUMARIS_DOCUMENTS", (tmp_path / "elsewhere").as_uri())
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS_FILE", "keys")
    monkeypatch.setenv("MUMARIS_CLAMD", "127.0.0.1:3310")

    assert keep_documents(tmp_path / "home") == {
        "MUMARIS_DOCUMENTS": (tmp_path / "elsewhere").as_uri(),
        "MUMARIS_DOCUMENT_KEYS_FILE": str(tmp_path / "keys"),
        "MUMARIS_CLAMD": "127.0.0.1:3310",
    }
    assert not (tmp_path / "home").exists()


def test_keys_in_the_environment_are_handed_on_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are secrets, and a file beside them would be another one."""
    key = new_master_key()
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", key)

    made = keep_documents(tmp_path)

    assert set(made) == {"MUMARIS_DOCUMENTS"}
    assert not (tmp_path / "document-keys").exists()


def test_a_store_or_keys_that_are_wrong_are_told_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at the first upload."""
    make_key_file(tmp_path / "document-keys")
    (tmp_path / "document-keys").chmod(0o644)
    with pytest.raises(KeyFileReadable):
        keep_documents(tmp_path)

    (tmp_path / "document-keys").chmod(0o600)
    monkeypatch.setenv("MUMARIS_DOCUMENTS", "ftp://nowhere")
    with pytest.raises(NotAStoreAddress):
        keep_documents(tmp_path)


def test_the_demo_s_documents_come_among_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever store and keys are named, it has its own, in the home that it clears."""
    monkeypatch.setenv("MUMARIS_DOCUMENTS", (tmp_path / "real").as_uri())
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    home = tmp_path / "demo"

    for name, value in keep_documents_apart(home).items():
        monkeypatch.setenv(name, value)

    found = DocumentSettings()
    assert found.address == (home / "documents").as_uri()
    assert (found.document_keys, found.key_file) == (None, home / "document-keys")
    assert not (tmp_path / "real").exists()
