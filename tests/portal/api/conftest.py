"""Other systems, as they call the API of a portal on a fresh database."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from portal.web.clock import present
from support.api import System, system_of
from support.machines import key_of
from support.people import register_people
from support.portal import Clock


@pytest.fixture
async def people(database: str) -> None:
    """Two practitioners of one employer, and officers."""
    await register_people()


@pytest.fixture
def api(portal: FastAPI, clock: Clock) -> FastAPI:
    """The portal, whose API is on the test's clock."""
    portal.state.api.dependency_overrides[present] = clock.read
    return portal


@pytest.fixture
async def hospital(api: FastAPI, people: None) -> AsyncIterator[System]:
    """The employer's personnel system."""
    async with system_of(api, await key_of()) as system:
        yield system


@pytest.fixture
async def stranger(api: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Who has no key."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(api), base_url="http://portal.test/api/v1"
    ) as client:
        yield client
