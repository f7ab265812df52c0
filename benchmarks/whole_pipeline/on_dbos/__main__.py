"""The pipeline on DBOS: ``python -m benchmarks.whole_pipeline.on_dbos SYSTEM_DATABASE``.

As its documentation has it: a workflow, a step for each effect, `recv` where it waits, and a queue
from which a process of its own takes what clients put there. Says ``ready`` when it does.
"""

import signal
import sys

from dbos import DBOS, DBOSConfig

from benchmarks.whole_pipeline.on_dbos import NAME, QUEUE, WORKFLOW
from benchmarks.whole_pipeline.one_request import GATE, LINK, check, confirm, number, write

#: By default an idle queue is looked at once a second.
_LOOK_EVERY = 0.1
#: Nobody's decision is late for the engine.
_FOR_EVER = 10 * 365 * 24 * 3600.0


@DBOS.workflow(name=WORKFLOW)
async def profile_update(tracking_code: str) -> None:
    """Carry one request as our flow of this name does."""
    await _check(tracking_code)
    await DBOS.recv_async(GATE, timeout_seconds=_FOR_EVER)
    await _number(tracking_code)
    await _write(tracking_code)
    await DBOS.recv_async(LINK, timeout_seconds=_FOR_EVER)
    await _confirm(tracking_code)


_check, _number, _write, _confirm = (DBOS.step()(body) for body in (check, number, write, confirm))


def main(system_database: str) -> None:
    """Carry what is queued until told to end."""
    config: DBOSConfig = {
        "name": NAME,
        "system_database_url": system_database,
        "log_level": "WARNING",
    }
    DBOS(config=config)
    DBOS.launch()
    DBOS.register_queue(QUEUE, polling_interval_sec=_LOOK_EVERY)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    signal.sigwait({signal.SIGTERM})
    DBOS.destroy()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    main(sys.argv[1])
