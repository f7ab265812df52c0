"""The commands of a how-to, as the page has them."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_RUN = re.compile(
    r"<!-- run(?:: (?P<how>[^>]+?))? -->\n(?P<margin> *)```(?P<language>\w+)\n(?P<body>.*?)\n *```",
    re.DOTALL,
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A block that is run: what it is run as, and how it may end."""

    language: str
    body: str
    marks: frozenset[str]

    @property
    def codes(self) -> frozenset[int]:
        """The exit codes that it may end with: 0, unless its mark says which."""
        said = next((mark for mark in self.marks if mark.startswith("exit ")), "exit 0")
        return frozenset(int(code) for code in re.findall(r"\d+", said))


def blocks_of(page: Path) -> list[Block]:
    """The blocks that the page marks with ``<!-- run -->``, in order."""
    return [
        Block(
            language=found["language"],
            body=textwrap.dedent(found["margin"] + found["body"].strip()),
            marks=frozenset(filter(None, (found["how"] or "").split(", "))),
        )
        for found in _RUN.finditer(page.read_text(encoding="utf-8"))
    ]


def desk_of(repository: Path, folder: Path) -> Path:
    """A folder in which the page's commands find what they name, and may write."""
    shutil.copytree(repository / "examples", folder / "examples")
    shutil.copy(repository / "policy.toml", folder / "policy.toml")
    return folder


def run(block: Block, folder: Path, more: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run it there as it stands; an AssertionError where it ends otherwise than its mark says."""
    commands = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    program = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}
    done = subprocess.run(
        [*program[block.language], block.body],
        cwd=folder,
        env={**os.environ, **more, "PATH": commands},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in block.codes, f"{block.body}\n{done.stdout}\n{done.stderr}"
    return done
