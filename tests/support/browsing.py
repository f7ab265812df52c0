"""A real browser in front of the portal on a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from shutil import which

import uvicorn
from fastapi import FastAPI
from playwright.async_api import expect

#: Where it is installed, the engine without a whole browser's windows: it starts in half the time.
CHROMIUM = which("chromium-headless-shell") or "/usr/bin/chromium"
# Its own five seconds are those of a machine that has nothing else to do.
expect.set_options(timeout=60_000)


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The application on a free port of this machine, as the stack serves it."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, access_log=False, log_config=None, ws="none")
    )
    running = asyncio.create_task(server.serve())
    while not server.started:
        assert not running.done()
        await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running
