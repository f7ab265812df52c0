"""The README's examples are run as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from stack.running import RunningStack


def example(readme: Path, language: str) -> str:
    """The README's example in this language."""
    found = re.search(
        rf"<!-- example: {language} -->\n```\w+\n(.*?)```", readme.read_text("utf-8"), re.DOTALL
    )
    assert found is not None
    return found[1]


def test_the_examples_work_as_they_stand(
    running: RunningStack, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shell example loads the register and submits; then the Python example submits."""
    readme = repository / "README.md"
    commands = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", commands)

    shell = subprocess.run(
        ["bash", "-euc", example(readme, "shell")],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    python = subprocess.run(
        [sys.executable, "-c", example(readme, "python")],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert shell.returncode == 0, shell.stderr
    assert python.returncode == 0, python.stderr
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4} \w+\n", python.stdout)
