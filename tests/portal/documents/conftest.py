"""The application of documents on a fresh database, with a store and keys of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from portal.documents.app import documents_app
from portal.web.clock import present
from support.people import Applicant, register_applicant
from support.portal import Clock
from support.sent_forms import browser_of, practitioner, who_says
from support.uploads import name_a_shelf


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the documents lie."""
    return name_a_shelf(tmp_path, monkeypatch)


@pytest.fixture
def documents(database: str, folder: Path, clock: Clock) -> FastAPI:
    """The application, on the test's clock."""
    app = documents_app(who_says)
    app.dependency_overrides[present] = clock.read
    return app


@pytest.fixture
async def applicant(database: str) -> Applicant:
    """Who sends files."""
    return await register_applicant()


@pytest.fixture
async def sender(documents: FastAPI, applicant: Applicant) -> AsyncIterator[httpx.AsyncClient]:
    """The applicant's browser."""
    async with browser_of(documents, practitioner(applicant.registration_number)) as client:
        yield client


@pytest.fixture
async def stranger(documents: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Another practitioner's browser."""
    other = await register_applicant()
    async with browser_of(documents, practitioner(other.registration_number)) as client:
        yield client
