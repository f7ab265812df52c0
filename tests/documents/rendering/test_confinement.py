"""What a process can still do after it was confined: each attempt in one of its own."""

import subprocess
import sys

import pytest

from documents.rendering import confinement

CONFINED = """
import ctypes, os, signal, socket, subprocess, sys, threading
from documents.rendering.confinement import confine
libc = ctypes.CDLL(None, use_errno=True)
confine(memory_bytes=512 * 2**20, cpu_seconds=2)
try:
    {attempt}
except (OSError, RuntimeError, MemoryError) as error:
    os.write(1, type(error).__name__.encode())
else:
    os.write(1, b"done")
"""


def attempted(attempt: str) -> str:
    command = [sys.executable, "-c", CONFINED.format(attempt=attempt)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize(
    ("attempt", "ends"),
    [
        ("open('/etc/passwd').read()", "PermissionError"),
        ("open('/tmp/mumaris-child', 'w')", "PermissionError"),
        ("os.listdir('/')", "PermissionError"),
        ("os.unlink('/tmp/mumaris-child')", "PermissionError"),
        ("os.mkdir('/tmp/mumaris-child')", "PermissionError"),
        ("socket.socket()", "PermissionError"),
        ("socket.socket(socket.AF_INET, socket.SOCK_DGRAM)", "PermissionError"),
        ("socket.socketpair()", "PermissionError"),
        ("os.fork()", "PermissionError"),
        ("os.execv('/bin/true', ['true'])", "PermissionError"),
        ("subprocess.run(['/bin/true'])", "PermissionError"),
        ("os.kill(os.getppid(), 0)", "PermissionError"),
        ("os.memfd_create('x')", "PermissionError"),
        ("bytearray(2**30)", "MemoryError"),
        ("bytearray(2**20)", "done"),
        ("t = threading.Thread(target=len, args=((),)); t.start(); t.join()", "done"),
        ("os.write(1, b'')", "done"),
    ],
)
def test_what_a_confined_process_can_do(attempt: str, ends: str) -> None:
    """It thinks, and writes to the pipe that it was given; nothing else."""
    assert attempted(attempt) == ends


def test_a_confined_process_ends_where_it_thinks_too_long() -> None:
    """By a signal of its own, which its parent can tell from others."""
    command = [sys.executable, "-c", CONFINED.format(attempt="while True: pass")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == -24


def test_a_machine_that_is_not_known_confines_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers of system calls differ: a filter of another machine's would filter other calls."""
    monkeypatch.setattr(confinement.platform, "machine", lambda: "riscv64")

    with pytest.raises(confinement.NotConfined):
        confinement._filter_calls()
