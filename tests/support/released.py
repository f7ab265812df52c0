"""The last version that is out: what `docs/RELEASED` says, and its tree out of the history."""

import io
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Released:
    """A version, where it stands in the history, and the schema that it was written for."""

    version: str
    commit: str
    schema: str


def released() -> Released:
    """The last one."""
    return Released(*(ROOT / "docs" / "RELEASED").read_text(encoding="utf-8").split())


def is_at_hand(commit: str) -> bool:
    """Whether this clone has the commit: a shallow one, and a tree without a history, lack it."""
    asked = ["git", "cat-file", "-e", f"{commit}^{{commit}}"]
    try:
        return subprocess.run(asked, cwd=ROOT, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def unpack(commit: str, folder: Path) -> None:
    """Put the tree of the commit there."""
    archive = ["git", "archive", "--format=tar", commit]
    packed = subprocess.run(archive, cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as tree:
        tree.extractall(folder, filter="data")
