import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from documents.key_file import (
    KeyFileMissing,
    KeyFileReadable,
    add_master_key,
    drop_old_master_keys,
    make_key_file,
    read_key_file,
)
from documents.keys import DocumentKey, MasterKeyMissing
from documents.settings import DocumentSettings
from support.documents import ID, master_keys


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "document-keys"


def test_a_new_file_is_for_its_owner_alone(path: Path) -> None:
    """And holds a key that works."""
    make_key_file(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    keys = read_key_file(path)
    assert keys.unwrap(keys.wrap(DocumentKey(bytes(32)), ID), ID) == DocumentKey(bytes(32))


def test_making_it_again_keeps_the_keys(path: Path) -> None:
    """A lost key is lost documents."""
    make_key_file(path)
    before = path.read_text()

    make_key_file(path)

    assert path.read_text() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_refused(path: Path, mode: int) -> None:
    """Who reads it can read every document."""
    make_key_file(path)
    path.chmod(mode)

    with pytest.raises(KeyFileReadable, match="chmod 600"):
        read_key_file(path)


def test_a_file_that_is_missing_is_named(path: Path) -> None:
    """Nothing is made up in its place: documents would be sealed by a key that nobody has."""
    with pytest.raises(KeyFileMissing, match="document-keys"):
        read_key_file(path)


def test_a_rotation_by_file_reads_the_old_until_it_is_dropped(path: Path) -> None:
    """Add, rewrap, drop; the file stays for its owner alone."""
    make_key_file(path)
    wrapped = read_key_file(path).wrap(DocumentKey.new(), ID)

    add_master_key(path)
    rewrapped = read_key_file(path).rewrap(wrapped, ID)
    drop_old_master_keys(path)

    keys = read_key_file(path)
    assert rewrapped != wrapped
    assert keys.rewrap(rewrapped, ID) == rewrapped
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(MasterKeyMissing):
        keys.unwrap(wrapped, ID)


def test_keys_of_the_environment_come_before_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set by name, and never shown."""
    make_key_file(path)
    monkeypatch.setenv("MUMARIS_HOME", str(path.parent))
    from_file = DocumentSettings().master_keys().current_id
    written = path.read_text().strip()

    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", "A" * 43 + "=")
    settings = DocumentSettings()

    assert settings.master_keys().current_id != from_file
    assert "AAAA" not in repr(settings)
    assert written not in repr(settings)


def test_documents_lie_in_the_home_where_nothing_else_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty variable is one that is not set."""
    monkeypatch.setenv("MUMARIS_HOME", str(tmp_path))
    monkeypatch.setenv("MUMARIS_DOCUMENTS", "")

    settings = DocumentSettings()

    assert settings.address == (tmp_path / "documents").as_uri()
    assert settings.key_file == tmp_path / "document-keys"


def test_keys_are_named_by_what_tells_nothing_of_them() -> None:
    """The name is in the database, beside what the key opens."""
    assert master_keys().current_id != master_keys().current_id


def test_a_rotation_that_is_under_way_gets_no_other_key(path: Path) -> None:
    """Two who begin one at once would each wrap by a key that the other drops."""
    make_key_file(path)

    with ThreadPoolExecutor() as several:
        added = list(several.map(add_master_key, [path] * 8))

    assert added.count(True) == 1
    assert len(read_key_file(path).ids) == 2


def test_keys_that_a_killed_process_left_beside_the_file_go(path: Path) -> None:
    """They may be those that are dropped."""
    make_key_file(path)
    path.with_name(f"{path.name}.new").write_text(path.read_text())

    add_master_key(path)
    drop_old_master_keys(path)

    assert list(path.parent.iterdir()) == [path]
