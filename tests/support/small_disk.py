"""A disk that a test can fill: a file system of its own, in memory."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

#: Room for a new PostgreSQL and what a proof writes.
MEGABYTES = 512
_BALLAST = "ballast"


@contextmanager
def small_disk(at: Path) -> Iterator[bool]:
    """Mount one here; False, and a mere folder, where this process may not."""
    at.mkdir(mode=0o711)
    how = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=711", "tmpfs", str(at)]
    mounted = os.geteuid() == 0 and subprocess.run(how, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(at)], check=True)


def fill(disk: Path) -> None:
    """Leave no room on it; by the last page, as an installation does."""
    with (disk / _BALLAST).open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            with suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass


def make_room(disk: Path) -> None:
    """As whoever looks after it does."""
    (disk / _BALLAST).unlink()
