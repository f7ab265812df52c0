"""The parts that the fault tests share, and the environment that names them."""

from collections.abc import AsyncIterator, Iterator

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from models.database import close_engine
from support.faults import Parts, all_parts


@pytest.fixture(scope="session")
def parts_of_all() -> Iterator[Parts]:
    """PostgreSQL, Prefect's server and a mail server for all fault tests."""
    with all_parts() as parts:
        yield parts


@pytest.fixture
async def parts(parts_of_all: Parts, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Parts]:
    """The same, named by the environment for the time of the test."""
    for name, value in parts_of_all.environment().items():
        monkeypatch.setenv(name, value)
    with temporary_settings({PREFECT_API_URL: parts_of_all.prefect.api_url}):
        yield parts_of_all
    await close_engine()
