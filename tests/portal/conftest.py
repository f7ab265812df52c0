"""The portal, as a browser meets it, on a fresh database."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from documents.keys import new_master_key
from models.database import close_engine
from portal.web.clock import present
from support.portal import Clock, fresh_app
from support.reminding import Runs
from support.smtp import SmtpRecorder


@pytest.fixture
def clock() -> Clock:
    """What the portal takes for the present."""
    return Clock()


@pytest.fixture
def portal(database: str, clock: Clock) -> FastAPI:
    """The application, on the test's database and clock."""
    app = fresh_app()
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


@pytest.fixture
async def other(portal: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Another browser, somewhere else."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(portal),
        base_url="http://portal.test",
        headers={"Accept-Language": "en"},
    ) as client:
        yield client


@pytest.fixture
def master_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation has a master key."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())


@pytest.fixture
async def away(browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A database that does not answer."""
    await close_engine()
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    yield
    await close_engine()


@pytest.fixture
async def runs(database: str) -> AsyncIterator[Runs]:
    """Runs of reminders with a mail server of their own."""
    async with SmtpRecorder() as smtp:
        yield Runs(smtp)
