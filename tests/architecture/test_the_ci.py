"""`.ci/run` runs the proofs where the time allows, and a proof that fails fails the run."""

import os
import subprocess
from pathlib import Path

import pytest

#: A `make` that writes down what it is asked for, and does with the proofs what a test wants.
MAKE = """#!/bin/sh
echo "$1" >> "$ASKED"
case "$1" in prove) eval "$PROOF" ;; esac
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Programs that stand before those of the machine; none of them does anything."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in (
        ("make", MAKE),
        ("chromium-headless-shell", "#!/bin/sh\n"),
        ("clamd", "#!/bin/sh\n"),
    ):
        (folder / name).write_text(text)
        (folder / name).chmod(0o700)
    return folder


def run(
    repository: Path, programs: Path, proof: str, *, seconds: int
) -> tuple[int, list[str], str]:
    """How the run of so many seconds ends, what it has made, and the last line that it prints."""
    asked = programs / "asked"
    ended = subprocess.run(
        ["bash", repository / ".ci" / "run"],
        env={
            "PATH": f"{programs}:{os.environ['PATH']}",
            "ASKED": str(asked),
            "PROOF": proof,
            "CI_SECONDS": str(seconds),
            "CI_PROOFS_SECONDS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    printed = ended.stdout.splitlines() or [""]
    return ended.returncode, asked.read_text().split(), printed[-1]


def test_proofs_run_after_the_tests(repository: Path, programs: Path) -> None:
    """In the time that is left."""
    assert run(repository, programs, ":", seconds=600)[:2] == (0, ["check", "test", "prove"])


def test_a_proof_that_fails_fails_the_run(repository: Path, programs: Path) -> None:
    """With the code that it ended with."""
    assert run(repository, programs, "exit 2", seconds=600)[0] == 2


def test_without_time_the_proofs_are_left_out_and_it_is_said(
    repository: Path, programs: Path
) -> None:
    """That is no failure."""
    code, made, said = run(repository, programs, "exit 2", seconds=0)

    assert (code, made) == (0, ["check", "test"])
    assert said.startswith("make prove was left out")


def test_proofs_that_are_cut_are_said_to_be(repository: Path, programs: Path) -> None:
    """Nor is that."""
    code, _, said = run(repository, programs, "exec sleep 600", seconds=2)

    assert code == 0
    assert said.startswith("make prove was cut")
