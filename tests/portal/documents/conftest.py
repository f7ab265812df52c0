"""The application of documents on a fresh database, with a store and keys of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from documents.keys import new_master_key
from portal.documents.app import documents_app
from portal.web.clock import present
from support.people import Applicant, register_applicant
from support.portal import Clock
from support.sent_forms import practitioner, who_says


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the documents lie."""
    folder = tmp_path / "documents"
    monkeypatch.setenv("MUMARIS_DOCUMENTS", folder.as_uri())
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    return folder


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


def browser_of(app: FastAPI, headers: dict[str, str]) -> httpx.AsyncClient:
    """A browser that sends these headers with each request."""
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(
        transport=transport, base_url="http://documents.test", headers=headers, timeout=60
    )
