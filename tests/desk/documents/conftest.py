"""People on file, and a folder of their documents, for each test."""

from pathlib import Path

import pytest

from support.people import register_people
from support.uploads import name_a_shelf


@pytest.fixture
async def folder(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """People on file, and a store of their documents; nothing is scanned."""
    await register_people()
    return name_a_shelf(tmp_path, monkeypatch)
