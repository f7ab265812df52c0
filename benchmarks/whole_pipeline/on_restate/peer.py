"""Restate as a peer: its server and our worker for it are started and stopped."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.whole_pipeline.place import Place
from stack.local import ROOT
from stack.ports import HOST, free_port, listens
from stack.prefect_server import answers, no_proxy
from stack.processes import Child

#: Where `make peers` puts it.
SERVER = Path(sys.prefix) / "peers" / "node_modules" / ".bin" / "restate-server"
_READY_SECONDS = 60.0
_STOP_SECONDS = 15.0
_AT_ONCE = httpx.Limits(max_connections=50)


class RestateEngine:
    """What a client of Restate says to it."""

    def __init__(self, ingress: int) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"http://{HOST}:{ingress}/ProfileUpdate",
            limits=_AT_ONCE,
            timeout=60,
            trust_env=False,
        )

    async def begin(self, tracking_code: str) -> None:
        """Begin the request's workflow, which has its tracking code for its key."""
        answer = await self._client.post(f"/{tracking_code}/run/send", json=tracking_code)
        answer.raise_for_status()

    async def decided(self, tracking_code: str) -> None:
        """Tell the workflow."""
        (await self._client.post(f"/{tracking_code}/decided")).raise_for_status()


@contextmanager
def restate(place: Place) -> Iterator[RestateEngine]:
    """Restate's server as it comes, keeping its log in the folder, and one worker process."""
    ports = {name: free_port(0) for name in ("ingress", "admin", "node", "worker")}
    server = Child(
        "Restate server",
        [str(SERVER), "--no-logo", "--node-name", "benchmark", "--bind-ip", HOST],
        log=place.folder / "restate.log",
        env={
            **os.environ,
            **no_proxy(os.environ),
            "RESTATE_BASE_DIR": str(place.folder / "restate"),
            "TMPDIR": str(place.folder),  # what it spills there it leaves behind
            "RESTATE_BIND_PORT": str(ports["node"]),
            "RESTATE_LISTEN_MODE": "tcp",
            "RESTATE_INGRESS__BIND_PORT": str(ports["ingress"]),
            "RESTATE_ADMIN__BIND_PORT": str(ports["admin"]),
            "RESTATE_DISABLE_TELEMETRY": "true",
            "RUST_LOG": "warn",
        },
        cwd=place.folder,
    )
    worker = Child(
        "Restate worker",
        [sys.executable, "-m", "benchmarks.whole_pipeline.on_restate", str(ports["worker"])],
        log=place.folder / "restate-worker.log",
        cwd=ROOT,
    )
    try:
        server.start()
        worker.start()
        worker.wait_until_ready(lambda: listens(ports["worker"]), within=_READY_SECONDS)
        server.wait_until_ready(lambda: answers(ports["admin"], "/health"), within=_READY_SECONDS)
        _register(ports["admin"], ports["worker"])
        server.wait_until_ready(
            lambda: answers(ports["ingress"], "/restate/health"), within=_READY_SECONDS
        )
        yield RestateEngine(ports["ingress"])
        server.check()
        worker.check()
    finally:
        worker.stop()
        server.stop(_STOP_SECONDS)


def _register(admin: int, worker: int) -> None:
    """Tell the server where the worker is, as its command `restate deployments register` does."""
    answer = httpx.post(
        f"http://{HOST}:{admin}/deployments",
        json={"uri": f"http://{HOST}:{worker}"},
        timeout=30,
        trust_env=False,
    )
    answer.raise_for_status()
