"""Folders and commands for the tests of the stack."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.stack import open_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that any user can enter, and that goes away."""
    with open_folder() as path:
        yield path
