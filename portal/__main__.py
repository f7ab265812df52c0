"""Serve the portal: ``python -m portal --host 127.0.0.1 --port 8000``.

How it is served is in `portal.web.serving`.
"""

import argparse
import logging
from types import FrameType

import uvicorn

from portal.app import app
from portal.web.connections import NotAgain, raise_descriptors
from portal.web.serving import configuration


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
    config = configuration(app, options.host, options.port)
    for name in ("uvicorn.error", "asyncio"):
        logging.getLogger(name).addFilter(NotAgain())
    Server(config).run()


if __name__ == "__main__":
    main()
