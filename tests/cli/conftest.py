"""The invented people that the command works on."""

from datetime import UTC, datetime

import pytest

from cli.examples import OFFICERS, OFFICIAL_RECORDS, REGISTER
from desk.loading import load_register
from desk.register_files import read_register_files
from support.people import register_people


@pytest.fixture
async def people(database: str) -> None:
    """Two practitioners and three officers."""
    await register_people()


@pytest.fixture
async def example_register(database: str) -> None:
    """The register of `examples/`."""
    files = read_register_files(
        practitioners=REGISTER,
        officers=OFFICERS,
        official=OFFICIAL_RECORDS,
        today=datetime.now(UTC).date(),
    )
    await load_register(files)
