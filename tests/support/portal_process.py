"""The portal in a process of its own."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack.ports import free_port, listens
from stack.processes import Child
from support.stack import open_folder


@contextmanager
def portal_process(repository: Path) -> Iterator[tuple[int, Child]]:
    """Its port and its process, on the database and by the settings of the environment."""
    port = free_port(0)
    with open_folder() as folder:
        command = [sys.executable, "-m", "portal", "--port", str(port)]
        child = Child("portal", command, log=folder / "portal.log", cwd=repository)
        child.start()
        try:
            child.wait_until_ready(lambda: listens(port), within=60)
            yield port, child
        finally:
            child.stop()
