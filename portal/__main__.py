"""Serve the portal: ``python -m portal --host 127.0.0.1 --port 8000``.

What uvicorn's own command leaves open is set here: no access log, as tokens stand in addresses; no
WebSockets, which are logged with theirs; no header believed that says who the client is
(`portal.web.proxies` does that); and limits on connections (`portal.web.connections`).
"""

import argparse
import logging
from types import FrameType

import uvicorn

from portal.app import app
from portal.web.connections import BACKLOG, NotAgain, PatientProtocol, raise_descriptors

#: Bytes of a request's head; a page of ours needs about one thousand.
_HEAD_BYTES = 16_384
_KEEP_ALIVE_SECONDS = 5
_STOP_SECONDS = 5


def configuration(host: str, port: int) -> uvicorn.Config:
    """How the portal is served."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=PatientProtocol,
        ws="none",
        access_log=False,
        log_level="info",
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
        h11_max_incomplete_event_size=_HEAD_BYTES,
    )


class Server(uvicorn.Server):
    """One that ends its streams when it is told to stop: they would hold it up."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """As uvicorn does."""
        app.state.streams.are_over = True
        super().handle_exit(sig, frame)


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m portal")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    raise_descriptors()
    config = configuration(options.host, options.port)
    for name in ("uvicorn.error", "asyncio"):
        logging.getLogger(name).addFilter(NotAgain())
    Server(config).run()


if __name__ == "__main__":
    main()
