"""The people whom machines act for."""

import pytest

from support.people import register_people


@pytest.fixture
async def people(database: str) -> None:
    """Two practitioners of one employer, and officers."""
    await register_people()
