"""Workers that are killed while they carry a wave: ``python -m support.dying_wave ORDERS ANSWER``.

One after the other, each in a process of its own that is forked from this one, so that Python and
Prefect are imported once. An order (JSON) names the pool and the log, and either the boundary at
which the worker dies or the seconds after it has begun a wave.
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import flows.wave
import support.small_chunks  # noqa: F401 - to die in; a dead worker's wave is looked for at once
from support.dying_worker import die_at, end_in_time, warm_up, watch_letters, work

#: A worker that does not come to its end in so many seconds is ended, by another signal.
_PATIENCE_SECONDS = 120


def main() -> None:
    """Carry out the orders in turn; the exit codes are the answer."""
    warm_up()
    orders = json.loads(Path(sys.argv[1]).read_text())
    ends = [os.waitstatus_to_exitcode(os.waitpid(_fork(order), 0)[1]) for order in orders]
    Path(sys.argv[2]).write_text(json.dumps(ends))


def _fork(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        end_in_time(order["log"], _PATIENCE_SECONDS)
        if "seconds" in order:
            _die_soon(order["seconds"])
        else:
            watch_letters()
            die_at(order["target"], order["when"], "")
        work(order["pool"], "dies")
    return pid


def _die_soon(seconds: float) -> None:
    """Kill this process so long after it has begun a wave, whatever it does then."""
    begin = flows.wave.begin_wave

    async def begun(*arguments: Any) -> Any:
        threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
        return await begin(*arguments)

    vars(flows.wave)["begin_wave"] = begun


if __name__ == "__main__":
    main()
