"""The portal or a worker on a machine that tests mislead: ``python -m support.machine_process``.

The first argument names a file that says by how many seconds the clock is wrong; where there is
none, it is right. What is moved is what the application reads: the database's clock, and that by
which a process waits, stay. The second names a file with the address of the databases, which is
read for each new connection. The third is ``portal`` or ``worker``; what follows is for it.
"""

import runpy
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import desk.clock
import models.settings

_MODULES = {"portal": "portal", "worker": "prefect"}


def main() -> None:
    """Set both before anything is imported that reads them; then be the process."""
    clock, databases, what, *arguments = sys.argv[1:]
    wrong, led = Path(clock), Path(databases)

    def utc_now() -> datetime:
        seconds = float(wrong.read_text()) if wrong.exists() else 0.0
        return datetime.now(UTC) + timedelta(seconds=seconds)

    vars(desk.clock)["utc_now"] = utc_now
    vars(models.settings)["libpq_url"] = lambda _: led.read_text()
    sys.argv = [what, *arguments]
    runpy.run_module(_MODULES[what], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
