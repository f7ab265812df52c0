"""The portal, as a browser meets it, on a fresh database."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from portal.app import build_app
from portal.clock import present
from support.portal import Clock


@pytest.fixture
def clock() -> Clock:
    """What the portal takes for the present."""
    return Clock()


@pytest.fixture
def portal(database: str, clock: Clock) -> FastAPI:
    """The application, on the test's database and clock."""
    app = build_app()
    app.dependency_overrides[present] = clock.read
    return app


@pytest.fixture
async def browser(portal: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who reads English and follows no redirect by themselves."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(portal),
        base_url="http://portal.test",
        headers={"Accept-Language": "en"},
    ) as client:
        yield client
