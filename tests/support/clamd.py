"""A real clamd, where Debian's package is installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.scanner import EICAR

#: What it says of `EICAR`.
FOUND = "Mumaris.Test.UNOFFICIAL"
#: The largest file that it looks at.
MOST_BYTES = 2 * 2**20


@contextmanager
def real_clamd() -> Iterator[str]:
    """Its socket, with one signature of our own: its makers' take minutes and are not needed."""
    if shutil.which("clamd") is None:
        pytest.skip("clamd is not installed (Debian: clamav-daemon)")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        home = Path(folder)
        home.chmod(0o755)
        signature = f"Mumaris.Test:0:*:{EICAR.hex()}\n"
        (home / "test.ndb").write_text(signature, encoding="ascii")
        (home / "clamd.conf").write_text(
            f"LocalSocket {home}/clamd.ctl\nDatabaseDirectory {home}\nForeground yes\n"
            f"StreamMaxLength {MOST_BYTES}\n",
            encoding="ascii",
        )
        log = home / "log"
        with log.open("wb") as out:
            server = subprocess.Popen(
                ["clamd", "-c", str(home / "clamd.conf")], stdout=out, stderr=out
            )
        try:
            while not (home / "clamd.ctl").exists():
                assert server.poll() is None, log.read_text()
                os.sched_yield()
            yield str(home / "clamd.ctl")
        finally:
            server.kill()
            server.wait()
