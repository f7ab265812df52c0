"""People on file, and a folder of their documents, for each test."""

from pathlib import Path

import pytest

from documents.keys import new_master_key
from support.people import register_people


@pytest.fixture
async def folder(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """People on file, and a store of their documents."""
    folder = tmp_path / "documents"
    monkeypatch.setenv("MUMARIS_DOCUMENTS", folder.as_uri())
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    await register_people()
    return folder
