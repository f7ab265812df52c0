"""The file of master keys: one a line, the first one wraps; readable by its owner alone.

Whoever loses it loses every document, and whoever copies it beside a backup of the store can read
that: it is backed up on its own.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from documents.keys import MasterKeys, new_master_key
from rules.errors import Misconfigured
from rules.values.file_modes import others_may_use


class KeyFileMissing(Misconfigured):
    """There are no master keys for documents where they were looked for."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"there is no {path}, which holds the documents' master keys: where there were none "
            "yet, run `mumaris document keys make`; else put them back, or set "
            "MUMARIS_DOCUMENT_KEYS_FILE"
        )
        self.path = path


class KeyFileReadable(Misconfigured):
    """Others on this machine may read the master keys."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"others may read {path}, which holds master keys: chmod 600 it")
        self.path = path


def read_key_file(path: Path) -> MasterKeys:
    """The keys in this file.

    Raises `KeyFileMissing`, `KeyFileReadable`, `documents.keys.NotAMasterKey`.
    """
    return MasterKeys.from_text(_read(path))


def make_key_file(path: Path) -> None:
    """Make it with one new key; a file that is there stays as it is, also one made meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path):
        if not path.exists():
            _replace(path, [new_master_key()])


def add_master_key(path: Path) -> bool:
    """Put a new key first, where there is only one; whether it was done. The other still unwraps.

    Where there are several, a rotation is under way already, and its new key is the first one. Of
    two at once, one adds a key. Raises as `read_key_file`.
    """
    with _alone(path):
        keys = _read(path).split()
        if len(keys) > 1:
            return False
        _replace(path, [new_master_key(), *keys])
        return True


def drop_old_master_keys(path: Path) -> None:
    """Keep the first key alone. What another still wraps cannot be read again: look before."""
    with _alone(path):
        _replace(path, _read(path).split()[:1])


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody else on this machine changes a key file of this folder meanwhile."""
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _read(path: Path) -> str:
    try:
        with path.open(encoding="ascii", errors="replace") as file:
            if others_may_use(os.fstat(file.fileno()).st_mode):
                raise KeyFileReadable(path)
            return file.read()
    except FileNotFoundError:
        raise KeyFileMissing(path) from None


def _replace(path: Path, keys: list[str]) -> None:
    _written(path, keys).replace(path)
    _settle(path.parent)


def _written(path: Path, keys: list[str]) -> Path:
    """A file beside it that is whole and on the disk, to be given its name.

    One that a killed process left there goes: it may hold keys that are to be dropped.
    """
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("".join(f"{key}\n" for key in keys))
        file.flush()
        os.fsync(file.fileno())
    return beside


def _settle(folder: Path) -> None:
    """Names in a folder are on the disk when the folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
