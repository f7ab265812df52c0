"""A folder of documents for each test."""

from pathlib import Path

import pytest

from documents.keys import MasterKeys
from documents.store import Store
from support.documents import master_keys


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the store lies."""
    return tmp_path / "documents"


@pytest.fixture
def store(folder: Path) -> Store:
    """A store in a folder of its own."""
    return Store.at(folder.as_uri())


@pytest.fixture
def keys() -> MasterKeys:
    """One master key."""
    return master_keys()
