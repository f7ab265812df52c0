"""Child processes: logged, awaited, stopped with everything they started."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stack.processes import Child, ChildDied, ChildNotReady
from stack.reaper import reaper
from support.patience import Patience
from support.stack import is_alive, killed_at_the_end, wait_until

_SLEEP = "import time; time.sleep(60)"
_STUBBORN = (
    "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "pid = os.fork(); print(pid if pid else 'ready', flush=True); time.sleep(60)"
)

#: Runs what follows it once for each place where an interrupt can cut it in half.
_CUT_SHORT = """
import itertools, signal, sys
from pathlib import Path
from stack.processes import Child

signal.signal(signal.SIGINT, signal.default_int_handler)

def new_child():
    return Child("trial", ["sleep", sys.argv[1]], log=Path(sys.argv[2]))

def cut_short(call, after):
    # Whether it was still under way after so many instructions.
    def trace(frame, event, argument):
        nonlocal after
        frame.f_trace_opcodes = True
        if event == "opcode":
            after -= 1
            if after == 0:
                signal.raise_signal(signal.SIGINT)
        return trace

    sys.settrace(trace)
    try:
        call()
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(None)
    return after <= 0
"""
_ASKED = """
child = new_child()
child.start()
asked = next(n for n in itertools.count(1) if not cut_short(child.is_running, n))
child.stop(grace=1)
print(asked, "times")
"""
_STARTED = """
for after in itertools.count(1, 17):
    child = new_child()
    under_way = cut_short(child.start, after)
    child.stop(grace=1)
    if not under_way:
        break
print(after, "times")
"""


def child(folder: Path, code: str) -> Child:
    """A Python child that runs this code."""
    return Child("trial", [sys.executable, "-c", code], log=folder / "trial.log")


def test_a_child_is_ready_when_its_probe_says_so(folder: Path) -> None:
    """Waiting ends with the probe, not with the deadline."""
    trial = child(folder, f"print('ready', flush=True); {_SLEEP}")
    trial.start()
    try:
        trial.wait_until_ready(lambda: "ready" in trial.last_lines(), within=20)
        assert trial.is_running()
        assert trial.exit_code is None
    finally:
        trial.stop()


def test_a_child_that_dies_tells_its_last_lines(folder: Path) -> None:
    """The error carries what is needed to act: the code, the log, and its end."""
    trial = child(folder, "print('disk is full'); raise SystemExit(3)")
    trial.start()
    with pytest.raises(ChildDied) as died:
        trial.wait_until_ready(lambda: False, within=20)
    assert died.value.exit_code == 3
    assert died.value.last_lines == "disk is full"
    assert died.value.log == folder / "trial.log"
    trial.stop()


def test_a_child_that_is_not_ready_in_time_is_an_error(folder: Path) -> None:
    """The wait is bounded."""
    trial = child(folder, _SLEEP)
    trial.start()
    try:
        with pytest.raises(ChildNotReady):
            trial.wait_until_ready(lambda: False, within=0.1)
    finally:
        trial.stop()


def test_stopping_is_quick_and_takes_grandchildren_along(folder: Path) -> None:
    """Who ignores SIGTERM is killed after the grace, and so is what it started."""
    trial = child(folder, _STUBBORN)
    trial.start()
    trial.wait_until_ready(lambda: len(trial.last_lines().split()) == 2, within=20)
    grandchild = next(int(word) for word in trial.last_lines().split() if word != "ready")
    patience = Patience(5)
    trial.stop(grace=0.2)
    wait_until(lambda: not is_alive(grandchild))
    assert not patience.is_at_its_end
    assert trial.exit_code == -signal.SIGKILL


def test_starting_a_running_child_changes_nothing(folder: Path) -> None:
    """It keeps its process."""
    trial = child(folder, _SLEEP)
    trial.start()
    first = trial.pid
    trial.start()
    assert trial.pid == first
    trial.stop()
    trial.stop()
    assert not is_alive(first)


def test_a_child_that_was_never_started_has_no_process(folder: Path) -> None:
    """Asking for it names the fact instead of giving a wrong number."""
    trial = child(folder, _SLEEP)
    with pytest.raises(ChildDied):
        _ = trial.pid


def test_the_log_of_the_time_before_is_kept(folder: Path) -> None:
    """One earlier log stays, readable by its owner alone."""
    for word in ("first", "second"):
        trial = child(folder, f"print('{word}')")
        trial.start()
        trial.wait_until_done(within=20)
    assert (folder / "trial.log.previous").read_text() == "first\n"
    assert (folder / "trial.log").read_text() == "second\n"
    assert (folder / "trial.log").stat().st_mode & 0o777 == 0o600


def test_a_command_that_fails_is_an_error(folder: Path) -> None:
    """A step that ends by itself has to end with 0."""
    trial = child(folder, "raise SystemExit('no such pool')")
    trial.start()
    with pytest.raises(ChildDied, match="no such pool"):
        trial.wait_until_done(within=20)


def test_a_killed_reaper_is_replaced(folder: Path) -> None:
    """The new one learns of every child that runs."""
    trial = child(folder, _SLEEP)
    trial.start()
    assert reaper.pid is not None
    first = reaper.pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not is_alive(first))
    other = Child("other", [sys.executable, "-c", _SLEEP], log=folder / "other.log")
    other.start()
    try:
        assert reaper.pid != first
        assert set(reaper._watched) >= {trial.pid, other.pid}
    finally:
        other.stop()
        trial.stop()


def sleepers(seconds: str) -> list[Path]:
    """The processes that sleep for so long."""
    command = f"sleep\0{seconds}\0".encode()
    return [each.parent for each in Path("/proc").glob("[0-9]*/cmdline") if holds(each, command)]


def holds(file: Path, content: bytes) -> bool:
    try:
        return file.read_bytes() == content
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("what", [_ASKED, _STARTED], ids=["asked", "started"])
def test_a_child_can_be_stopped_wherever_it_was_interrupted(
    folder: Path, repository: Path, what: str
) -> None:
    """Nobody waits for ever for what has ended, and no process is left that nobody knows."""
    seconds = f"60.{os.getpid()}"  # like nobody else's
    trial = subprocess.Popen(
        [sys.executable, "-c", _CUT_SHORT + what, seconds, str(folder / "trial.log")],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(repository)},
    )
    with trial, killed_at_the_end(trial):
        said, _ = trial.communicate(timeout=120)

    assert int(said.removesuffix(" times\n")) > 100
    wait_until(lambda: not sleepers(seconds))
