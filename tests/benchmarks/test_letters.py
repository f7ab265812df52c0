"""The benchmark of a file's letters as it is started from a shell, in a small size."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.stack import open_folder


@pytest.mark.timeout(1200)  # a PostgreSQL of its own
def test_the_benchmark_sends_two_letters_a_request_and_leaves_nothing(repository: Path) -> None:
    """It prints JSON and nothing else, and its folder is gone afterwards."""
    with open_folder() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.letters", "--json", "--requests", "30"],
            cwd=repository,
            env={**os.environ, "TMPDIR": str(folder)},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        left = list(folder.iterdir())

    assert done.returncode == 0, done.stderr
    sending = json.loads(done.stdout)["sending"]
    assert sending["letters"] == 60
    assert set(sending["alone_per_second"]) == {"1", str(sending["connections"])}
    assert left == []
