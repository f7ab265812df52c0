"""The network whose cables the proofs pull: packets vanish, and a killed run leaves nothing."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from support.lan import Cable, NoLan, lan, lan_or_skip

#: So long nothing may come: long enough for what would come at once.
A_MOMENT = 0.3
_ECHO = """
import socket, sys
server = socket.create_server((sys.argv[1], 7))
print("listens", flush=True)
while True:
    with server.accept()[0] as talk:
        while heard := talk.recv(100):
            talk.sendall(heard)
"""
_KILLED = """
import os, signal, socket
from support.lan import lan
with lan(1) as laid:
    print(*(socket.if_nametoindex(name) for name in (laid.bridge, laid.cables[0].name)), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@contextmanager
def echoing(cable: Cable) -> Iterator[socket.socket]:
    """A connection to a server on the machine that says what it is told."""
    command = cable.within(sys.executable, "-c", _ECHO, cable.address)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline()
            with socket.create_connection((cable.address, 7), timeout=60) as talk:
                yield talk
        finally:
            server.kill()


def said_again(talk: socket.socket, words: bytes) -> bytes:
    """What the server says to it."""
    talk.sendall(words)
    return talk.recv(100)


def devices() -> set[int]:
    """Of every network device here, the number that no other ever has."""
    return {number for number, _ in socket.if_nameindex()}


def test_what_is_sent_over_a_pulled_cable_is_lost_and_nobody_is_told(opened: ExitStack) -> None:
    """Plugged in again, the same connection goes on: the other machine's went on all the time."""
    pulled, whole = lan_or_skip(opened, 2).cables
    talk, other = opened.enter_context(echoing(pulled)), opened.enter_context(echoing(whole))
    assert said_again(talk, b"before") == b"before"

    pulled.pull()
    talk.settimeout(A_MOMENT)
    with pytest.raises(TimeoutError):
        said_again(talk, b"during")
    assert said_again(other, b"all the time") == b"all the time"
    pulled.plug()

    talk.settimeout(60)
    assert talk.recv(100) == b"during"


def test_two_runs_at_once_do_not_meet(opened: ExitStack) -> None:
    """Each has names and addresses of its own, and ends its own."""
    first = lan_or_skip(opened)
    with lan(1) as second:
        assert first.cables[0].name != second.cables[0].name
        assert first.subnet != second.subnet
    with echoing(first.cables[0]) as talk:
        assert said_again(talk, b"still here") == b"still here"


def test_what_a_killed_run_has_left_is_removed_by_the_next(opened: ExitStack) -> None:
    """What runs is left alone."""
    mine = lan_or_skip(opened)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    left = {int(number) for number in killed.stdout.split()}
    assert len(left) == len(["the bridge", "the cable"])

    with lan(1):
        assert not left & devices()

    with echoing(mine.cables[0]) as talk:
        assert said_again(talk, b"still here") == b"still here"


def test_nothing_is_left_though_a_process_of_it_still_runs(opened: ExitStack) -> None:
    """Which keeps its namespace, and gets nothing over a cable any more."""
    with ExitStack() as ends:
        laid = lan_or_skip(ends)
        its = {socket.if_nametoindex(name) for name in (laid.cables[0].name, laid.bridge)}
        opened.enter_context(echoing(laid.cables[0]))
        assert its <= devices()

    assert not its & devices()


def test_without_root_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(NoLan, match="not root's"), lan(1):
        pass


@pytest.mark.parametrize(
    ("script", "says"),
    [(None, "no `ip`"), ("echo no netns here >&2; exit 1", "no netns here")],
)
def test_where_the_system_refuses_there_is_none(
    script: str | None, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what the system said."""
    if script is not None:
        (tmp_path / "ip").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "ip").chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NoLan, match=says), lan(1):
        pass
