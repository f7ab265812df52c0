"""The benchmark as it is started from a shell, in its smallest size."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.stack import open_folder


@pytest.mark.prove
@pytest.mark.timeout(1200)  # a stack of its own
def test_the_benchmark_runs_by_itself_and_leaves_nothing(repository: Path) -> None:
    """It needs no stack, prints JSON and nothing else, and its folder is gone afterwards."""
    sizes = ["--ours", "1", "--process", "0", "--burst", "3"]

    with open_folder() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.gate_latency", "--json", *sizes],
            cwd=repository,
            env={**os.environ, "TMPDIR": str(folder)},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        left = list(folder.iterdir())

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["trigger_to_gate"]["ours"]["n"] == 1
    assert 0 < report["decision_to_letter"]["ours"]["p50"] < 60
    burst = report["burst"]
    assert (burst["at_gate"], burst["crashed"], burst["lost"]) == (3, 0, 0)
    assert left == []
