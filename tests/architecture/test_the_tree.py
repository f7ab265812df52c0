"""What the tree promises to whoever reads it."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Lines. A module that grows is two modules.
MOST_IN_SOURCE, MOST_IN_TESTS = 300, 400
#: A line that holds nothing but brackets and what stands between them.
ONLY_BRACKETS = re.compile(r"[\s()\[\]{},:]*")
#: What is run beside the rest, or stands in a package of its own with words of its own.
APART = ("tests/", "benchmarks/", "documents/", "mumaris_client/")
#: Made by `make`, not by hand.
BUILT = frozenset({"build", "mutants"})
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
NPM_LOCKS = sorted((ROOT / "requirements").glob("*/package-lock.json"))


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
    """A newcomer reads a file in one sitting.

    Blank lines count: they are part of how a file is read. Lines of brackets alone do not: how many
    there are is the formatter's choice, and nobody should set them by hand to pass here.
    """
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    counted = [line for line in lines if not line or not ONLY_BRACKETS.fullmatch(line)]
    most = MOST_IN_TESTS if file.startswith("tests/") else MOST_IN_SOURCE

    assert len(counted) <= most


def test_the_formatter_sets_every_line() -> None:
    """A length that is measured is not met by laying out lines by hand."""
    by_hand = re.compile("# fmt: *(?:skip|off)")
    found = [
        file for file in python_files() if by_hand.search((ROOT / file).read_text(encoding="utf-8"))
    ]

    assert found == []


@pytest.mark.parametrize("lock", [*LOCKS, *NPM_LOCKS], ids=lambda lock: lock.name)
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


def test_a_class_s_name_is_one_class() -> None:
    """Whoever reads a name need not ask which of two is meant."""
    files = [file for file in python_files() if not file.startswith(APART)]
    named = [
        name
        for file in files
        for name in re.findall(r"^class (\w+)", (ROOT / file).read_text("utf-8"), re.MULTILINE)
        if not name.startswith("_")
    ]

    assert [name for name, times in Counter(named).items() if times > 1] == []
