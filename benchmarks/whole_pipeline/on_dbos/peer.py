"""DBOS as a peer: its worker is started and stopped, and clients speak to it over PostgreSQL."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.whole_pipeline.on_dbos import NAME, QUEUE, WORKFLOW
from benchmarks.whole_pipeline.one_request import GATE
from benchmarks.whole_pipeline.place import Place
from stack.local import ROOT
from stack.processes import Child

_READY_SECONDS = 60.0


class DbosEngine:
    """What a client of DBOS says to it."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def begin(self, tracking_code: str) -> None:
        """Queue the request's workflow, which has its tracking code for its id."""
        options = {
            "workflow_name": WORKFLOW,
            "queue_name": QUEUE,
            "workflow_id": tracking_code,
        }
        await self._client.enqueue_async(options, tracking_code)

    async def decided(self, tracking_code: str) -> None:
        """Tell the workflow."""
        await self._client.send_async(tracking_code, "decided", GATE)


@contextmanager
def dbos(place: Place) -> Iterator[DbosEngine]:
    """DBOS in a process of its own; its tables are on the same server as ours."""
    from dbos import DBOSClient  # noqa: PLC0415 - only `make peers` installs it

    address = place.database("dbos")
    worker = Child(
        "DBOS worker",
        [sys.executable, "-m", "benchmarks.whole_pipeline.on_dbos", address],
        log=place.folder / "dbos.log",
        cwd=ROOT,
    )
    worker.start()
    try:
        worker.wait_until_ready(lambda: "ready" in worker.log.read_text(), within=_READY_SECONDS)
        client = DBOSClient(system_database_url=address, application_name=NAME)
        try:
            yield DbosEngine(client)
        finally:
            client.destroy()
        worker.check()
    finally:
        worker.stop()
