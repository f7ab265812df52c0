"""`mumaris document keys`: which there are, and replacing them; no key is ever shown."""

import json
from pathlib import Path

import pytest

from desk.clock import utc_now
from documents.key_file import make_key_file, read_key_file
from documents.keys import new_master_key
from support.shell import mumaris
from support.shelved import shelved

pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with keys, where documents are kept."""
    monkeypatch.setenv("MUMARIS_HOME", str(tmp_path))
    make_key_file(tmp_path / "document-keys")
    return tmp_path / "document-keys"


def lose(key_file: Path) -> None:
    key_file.unlink()


async def test_the_keys_are_shown_by_their_marks(key_file: Path) -> None:
    """With how many documents each seals; never the key itself."""
    await shelved(utc_now())
    keys = read_key_file(key_file)

    shown = await mumaris("document", "keys", "show")
    told = json.loads((await mumaris("document", "keys", "show", "--json")).stdout)

    assert shown.exit_code == 0
    assert keys.current_id in shown.stdout
    assert (told["current"], told["sealed_by_key"]) == (keys.current_id, {keys.current_id: 1})
    with key_file.open() as file:
        assert file.read().strip() not in shown.stdout


async def test_a_rotation_replaces_the_key(key_file: Path) -> None:
    """Everything is sealed anew, and the old key is gone."""
    await shelved(utc_now())
    old = read_key_file(key_file).current_id

    done = await mumaris("document", "keys", "rotate", "--json")

    (new,) = read_key_file(key_file).ids
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "added": True,
        "rewrapped": 1,
        "damaged": 0,
        "dropped": [old],
        "current": new,
        "others": [],
        "sealed_by_key": {new: 1},
        "missing": {},
        "in_environment": False,
    }


async def test_a_key_that_is_missing_is_told(key_file: Path) -> None:
    """By its mark; both commands fail, and no key is dropped."""
    await shelved(utc_now())
    old = read_key_file(key_file).current_id
    lose(key_file)
    make_key_file(key_file)

    shown = await mumaris("document", "keys", "show")
    rotated = await mumaris("document", "keys", "rotate")

    assert (shown.exit_code, rotated.exit_code) == (1, 1)
    assert old in shown.stdout
    assert "MISSING" in shown.stdout
    assert "0 keys dropped" in rotated.stdout


async def test_keys_in_the_environment_are_left_to_whoever_put_them_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It seals anew, and says which key may be taken away."""
    old, new = new_master_key(), new_master_key()
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", old)
    await shelved(utc_now())
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", f"{new} {old}")

    done = await mumaris("document", "keys", "rotate")

    assert done.exit_code == 0
    assert "1 sealed anew, 0 keys dropped" in done.stdout
    assert "any more: take it away" in done.stderr
    assert old not in done.stdout + done.stderr


async def test_without_a_key_file_it_says_where_it_looked(key_file: Path) -> None:
    """Nothing is made up in its place."""
    lose(key_file)

    done = await mumaris("document", "keys", "rotate")

    assert done.exit_code == 1
    assert str(key_file) in done.stderr
