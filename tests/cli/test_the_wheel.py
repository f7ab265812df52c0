"""What is installed from a wheel works by itself: nothing of it is read from the source tree."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from stack.postgres import EmbeddedPostgres
from support.stack import drop_database

#: Neither belongs to the program, or it was made from it.
NOT_COPIED = ("tests", "docs", "build", "dist", "mutants", "__pycache__", "*.egg-info")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without a network, from a copy, so that nothing is left in the source tree."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    root = Path(__file__).parents[2]
    shutil.copytree(root, source, ignore=shutil.ignore_patterns(*NOT_COPIED, ".*"))
    pip(sys.executable, "wheel", "--no-build-isolation", "--wheel-dir", folder, source)
    shutil.rmtree(source)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def fresh(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, and what it needs from the environment of the tests."""
    folder = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
    # A line of such a file joins the path, and the lines of that folder's own files do not: among
    # them is the one that leads to the source tree.
    (packages / "what_it_needs.pth").write_text(sysconfig.get_path("purelib"))
    pip(python, "install", "--no-index", wheel)
    return folder


def pip(python: str | Path, command: str, *arguments: str | Path) -> None:
    """Run pip for this interpreter."""
    words = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "--python", python]
    done = subprocess.run(
        [*words, command, "--no-deps", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def started(
    fresh: Path, command: str, *arguments: str, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run what the wheel has installed, as somebody whose folder holds nothing else."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MUMARIS_", "PREFECT_", "DATABASE_", "PYTHON"))
    }
    return subprocess.run(
        [fresh / "venv" / "bin" / command, *arguments],
        cwd=fresh,
        env={**kept, "HOME": str(fresh), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_it_says_its_version(fresh: Path) -> None:
    """The one that pyproject.toml names."""
    assert started(fresh, "mumaris", "--version").stdout == f"mumaris {version('mumaris')}\n"


def test_it_is_read_from_where_it_was_installed(fresh: Path) -> None:
    """Packages, policy and deployments; the source tree is not on its path."""
    found = started(
        fresh,
        "python",
        "-c",
        "import desk.policy, portal.app, stack.local, worker\n"
        "from cli.demo.examples import EXAMPLES\n"
        "desk.policy.current_policy(); print(desk.policy.policy_file())\n"
        "print(stack.local.ROOT / 'prefect.yaml'); print(EXAMPLES / 'register.csv')",
    )

    paths = [Path(line) for line in found.stdout.split()]
    assert [path.name for path in paths] == ["policy.toml", "prefect.yaml", "register.csv"], found
    assert all(path.is_relative_to(fresh) and path.is_file() for path in paths)


def test_it_writes_every_e_mail(fresh: Path) -> None:
    """From templates of its own."""
    written = started(fresh, "mumaris", "letters", "preview")

    assert written.returncode == 0, written.stderr
    assert list((fresh / "letters-preview").rglob("*.html"))


def test_it_makes_its_tables_and_then_says_what_it_lacks(
    fresh: Path, postgres: EmbeddedPostgres
) -> None:
    """As on a server where nothing else is set."""
    postgres.create_database("of_the_wheel")
    url = postgres.url("of_the_wheel")
    try:
        migrated = started(fresh, "mumaris", "migrate", DATABASE_URL=url)
        seen = started(fresh, "mumaris", "doctor", "--json", DATABASE_URL=url)
    finally:
        drop_database(postgres, "of_the_wheel")

    assert (migrated.returncode, migrated.stdout) == (0, "the tables are up to date\n")
    codes = {each["code"] for each in json.loads(seen.stdout)["findings"]}
    assert seen.returncode == 1
    assert {"portal_here", "sender_here", "prefect_unusable"} <= codes
    assert not codes & {"database_unusable", "policy_unusable", "settings_unusable"}


def test_it_holds_every_file_that_the_packages_read(wheel: Path) -> None:
    """Whatever a folder of the program holds, but for what no program reads."""
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    root = Path(__file__).parents[2]
    tops = {name.partition("/")[0] for name in packed if "/" in name and ".dist-info" not in name}
    assert {"templates", "migrations", "portal", "worker"} <= tops
    there = {
        file.relative_to(root).as_posix()
        for top in tops
        for file in (root / top).rglob("*")
        if file.is_file() and not re.search(r"__pycache__|\.pyc$|/\.", file.as_posix())
    }

    assert there - packed == set()
    assert not [name for name in packed if name.startswith(("tests/", "docs/"))]
