"""The benchmark of reminders as it is started from a shell, in a small size."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.stack import open_folder


@pytest.mark.timeout(1200)  # a PostgreSQL of its own
def test_the_benchmark_sends_what_is_due_and_leaves_nothing(repository: Path) -> None:
    """It prints JSON and nothing else, and its folder is gone afterwards."""
    sizes = ["--cards", "900", "--due", "80"]

    with open_folder() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.reminders", "--json", *sizes],
            cwd=repository,
            env={**os.environ, "TMPDIR": str(folder)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        left = list(folder.iterdir())

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    (planned,) = report["planning"]
    assert (planned["cards"], planned["due"], planned["letters"]) == (900, 80, 80)
    assert report["sending"]["letters"] == 80
    assert 0 < report["peak_mb"] < 300
    assert set(report["sending"]["alone_per_second"]) == {"1", "4"}
    assert left == []
