"""The whole pipeline's benchmark as it is started from a shell, in its smallest size."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.stack import open_folder


@pytest.mark.prove
@pytest.mark.timeout(1200)  # a stack of its own
def test_every_side_carries_all_or_says_why_it_is_left_out(repository: Path) -> None:
    """It prints JSON and nothing else, and its folders are gone afterwards."""
    sizes = ["--requests", "3", "--desk", "3", "--lone", "0", "--waiting", "0", "--file", "12"]

    with open_folder() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.whole_pipeline", "--json", *sizes],
            cwd=repository,
            env={**os.environ, "TMPDIR": str(folder)},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        left = list(folder.iterdir())

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    singles, left_out = report["singles"], report["left_out"]
    assert {*singles, *left_out} == {"ours", "dbos", "restate"}
    assert "ours" in singles
    assert all(side["requests"] == 3 and side["faults"] == [] for side in singles.values())
    assert all("make peers" in why for why in left_out.values())
    assert report["desk"]["accept"] > 0
    assert report["desk"]["decide_at_once"] > 0
    assert (report["file"]["requests"], report["file"]["faults"]) == (12, [])
    assert report["file"]["alone"]
    assert left == []
