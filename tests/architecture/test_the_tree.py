"""What the tree promises to whoever reads it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Lines. A module that grows is two modules.
MOST_IN_SOURCE, MOST_IN_TESTS = 300, 400
#: Longer, each with its reason.
EXCEPTIONS = {"rules/findings/catalogue.py": "one table of sentences, nothing to divide it by"}
#: Made by `make`, not by hand.
BUILT = frozenset({"build", "mutants"})
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))


def python_files() -> list[str]:
    folders = [
        path
        for path in ROOT.iterdir()
        if path.is_dir() and path.name[0] != "." and path.name not in BUILT
    ]
    files = [file for folder in folders for file in folder.rglob("*.py")]
    return sorted(str(file.relative_to(ROOT)) for file in files if "versions" not in file.parts)


@pytest.mark.parametrize("file", python_files())
def test_every_file_is_small(file: str) -> None:
    """A newcomer reads a file in one sitting."""
    lines = (ROOT / file).read_text(encoding="utf-8").count("\n")
    most = MOST_IN_TESTS if file.startswith("tests/") else MOST_IN_SOURCE

    assert lines <= most or file in EXCEPTIONS


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_host(lock: Path) -> None:
    """Whoever installs it uses the registry of their own machine."""
    assert not re.search(r"https?://|index-url", lock.read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_every_version_with_its_hash(lock: Path) -> None:
    """A fresh machine gets what was tested, and nothing newer."""
    text = lock.read_text(encoding="utf-8")
    packages = re.findall(r"^[a-z0-9].*$", text, re.MULTILINE)

    assert packages
    assert all("==" in package and package.endswith("\\") for package in packages)
