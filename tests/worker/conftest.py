"""A worker for the session, and a pool of its own where a test needs one."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from stack.prefect_server import PrefectServer
from support.worker_pool import Pool

_numbers = count(1)


@pytest.fixture
async def pool(prefect_server: PrefectServer, tmp_path: Path) -> AsyncIterator[Pool]:
    """A new work pool without workers."""
    async with _pool(prefect_server, f"pool-{next(_numbers)}", tmp_path) as pool:
        await pool.create()
        yield pool


@pytest.fixture
async def staffed(
    standing_pool: str, prefect_server: PrefectServer, tmp_path: Path
) -> AsyncIterator[Pool]:
    """The pool of the session's worker; a test leaves no run behind in it."""
    async with _pool(prefect_server, standing_pool, tmp_path) as pool:
        yield pool


@pytest.fixture(scope="session")
def standing_pool(
    prefect_server: PrefectServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a pool with one worker of ten slots, which started it by itself."""
    folder = tmp_path_factory.mktemp("standing")

    async def unstaffed() -> Pool:
        async with _pool(prefect_server, "standing", folder) as pool:
            return pool

    pool = asyncio.run(unstaffed())
    with pool.worker("--limit", "10", PREFECT_WORKER_QUERY_SECONDS="0.2"):
        yield "standing"


@asynccontextmanager
async def _pool(server: PrefectServer, name: str, folder: Path) -> AsyncIterator[Pool]:
    """Its workers hear no bell and keep no house unless a test says so."""
    env = {**server.client_env(), "MUMARIS_CARETAKER": "", "DATABASE_URL": ""}
    with temporary_settings({PREFECT_API_URL: server.api_url}):
        async with get_client() as client:
            yield Pool(client, name, folder, env)
