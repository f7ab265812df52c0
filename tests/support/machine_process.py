"""The portal or a worker on a machine whose clock tests set: ``python -m support.machine_process``.

The first argument names a file that says by how many seconds the clock is wrong; where there is
none, it is right. The second is ``portal`` or ``worker``; what follows is for it. What is moved is
what the application reads: the database's clock, and that by which a process waits, stay.
"""

import runpy
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import desk.clock

_MODULES = {"portal": "portal", "worker": "prefect"}


def main() -> None:
    """Set the clock before anything is imported that reads it; then be the process."""
    file, what, *arguments = sys.argv[1:]
    wrong = Path(file)

    def utc_now() -> datetime:
        seconds = float(wrong.read_text()) if wrong.exists() else 0.0
        return datetime.now(UTC) + timedelta(seconds=seconds)

    vars(desk.clock)["utc_now"] = utc_now
    sys.argv = [what, *arguments]
    runpy.run_module(_MODULES[what], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
