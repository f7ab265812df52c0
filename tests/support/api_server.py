"""The portal on a port of its own, in a thread, for clients that are no part of this process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from portal.app import build_app
from portal.web.serving import configuration
from support.patience import Patience


@contextmanager
def serving() -> Iterator[str]:
    """Serve a portal of its own; gives the API's address."""
    config = configuration(build_app(), "127.0.0.1", 0)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        patience = Patience(20)
        while not server.started and not patience.is_at_its_end:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/api/v1"
    finally:
        server.should_exit = True
        thread.join()
