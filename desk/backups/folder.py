"""The folder of one backup, and its manifest, which is written last: without it there is none."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from rules.errors import Conflict, Refused

DATABASE = "mumaris.dump"
PREFECT = "prefect.dump"
DOCUMENTS = "documents"
_MANIFEST = "backup.json"
_PIECE_BYTES = 1024 * 1024


class BackupExists(Conflict):
    """Something is in this folder already; a backup is a folder of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is not empty: name a new folder")
        self.folder = folder


class NotABackup(Refused):
    """The folder holds no whole backup, or what it holds has changed since."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(f"{folder} is no whole backup: {why}")
        self.folder = folder
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup holds; nobody's data."""

    #: The instant that it shows, by the database's clock, as ISO 8601.
    at: str
    #: The version of this program that made it, and the schema's revision.
    version: str
    schema: str
    #: The last line of any request's history, and when it was written.
    last_line: int
    last_at: str | None
    #: The rows of each table.
    rows: Mapping[str, int]
    #: The names of the master keys that what is in it needs; they are not in it.
    keys: tuple[str, ...]
    #: SHA-256 of each file, by its name below the folder.
    files: Mapping[str, str]

    @property
    def instant(self) -> datetime:
        """The instant that it shows."""
        return datetime.fromisoformat(self.at)

    @property
    def documents(self) -> int:
        """The objects of documents in it."""
        return sum(name.startswith(f"{DOCUMENTS}/") for name in self.files)


def begin(folder: Path) -> None:
    """Make the folder, for our user alone; raises `BackupExists` where something is in it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise BackupExists(folder)
    folder.chmod(0o700)


def new_file(path: Path) -> BinaryIO:
    """A file that only our user reads, wherever the folder is copied to."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def finish(folder: Path, manifest: Manifest) -> None:
    """Write the manifest: now it is a backup."""
    scratch = folder / f"{_MANIFEST}.part"
    with new_file(scratch) as file:
        file.write(json.dumps(asdict(manifest), indent=2).encode())
    scratch.rename(folder / _MANIFEST)


def read(folder: Path) -> Manifest:
    """The manifest of a backup of which every file is what it was; else raises `NotABackup`."""
    try:
        told = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(**{**told, "keys": tuple(told["keys"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise NotABackup(folder, "its backup.json is missing or cannot be read") from error
    for name, digest in manifest.files.items():
        if digest_of(folder / name) != digest:
            raise NotABackup(folder, f"{name} is missing, or is not what was written")
    return manifest


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below the folder, by name."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): str(digest_of(path)) for path in found}


def digest_of(path: Path) -> str | None:
    """SHA-256 of a file; None where there is none."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
    except OSError:
        return None
    return digest.hexdigest()
