"""Nothing outlives a process that was killed without warning."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from stack.reaper import end_groups, read_orders
from support.stack import is_alive, wait_until

_PARENT = """
import sys, threading, time
from pathlib import Path
from stack.postgres import EmbeddedPostgres
from stack.processes import Child
folder = Path(sys.argv[1])
server = EmbeddedPostgres(folder / "pg", durable=False)
server.start()
code = "import os, time; print(os.fork(), flush=True); time.sleep(60)"
child = Child("child", [sys.executable, "-c", code], log=folder / "child.log")
starter = threading.Thread(target=child.start)
starter.start()
starter.join()
child.wait_until_ready(lambda: len(child.last_lines().split()) == 2, within=20)
print(server.pid, child.pid, *(word for word in child.last_lines().split() if word != "0"))
sys.stdout.flush()
time.sleep(60)
"""


def start_parent(folder: Path, repository: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """A process with a database, a child started from a thread, a grandchild; and their pids."""
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(repository)},
    )
    assert parent.stdout is not None
    return parent, [int(word) for word in parent.stdout.readline().split()]


def test_a_killed_parent_leaves_nothing_running(folder: Path, repository: Path) -> None:
    """`kill -9` of the parent ends its database, its child and its grandchild."""
    parent, pids = start_parent(folder, repository)
    with parent:
        assert len(pids) == 3
        assert all(is_alive(pid) for pid in pids)
        parent.kill()
    wait_until(lambda: not any(is_alive(pid) for pid in pids))


def test_a_parent_that_forgets_to_stop_leaves_nothing_running(
    folder: Path, repository: Path
) -> None:
    """SIGTERM ends a Python program without any clean-up of its own."""
    parent, pids = start_parent(folder, repository)
    with parent:
        parent.send_signal(signal.SIGTERM)
    wait_until(lambda: not any(is_alive(pid) for pid in pids))


def test_what_ended_by_itself_is_not_signalled() -> None:
    """Only groups that were not forgotten are left, with their last signal."""
    orders = ["+ 10 15\n", "+ 20 2\n", "+ 30 15\n", "- 10\n", "- 99\n", "+ 30 9\n"]
    assert list(read_orders(orders).items()) == [(20, 2), (30, 9)]


def test_an_order_cut_short_is_left_out() -> None:
    """A number without its last digits would be somebody else's process."""
    assert read_orders(["+ 10 15\n", "+ 123"]) == {10: 15}


def test_a_group_that_ignores_its_signal_is_killed() -> None:
    """After the grace there is no asking."""
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", f"{code}; time.sleep(60)"],
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as stubborn:
        assert stubborn.stdout is not None
        stubborn.stdout.readline()
        end_groups({stubborn.pid: signal.SIGTERM}, grace=0.2)
    assert stubborn.returncode == -signal.SIGKILL
