"""The parts that the fault tests share, and the environment that names them."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from models.database import close_engine
from support.faults import Parts, all_parts, set_row
from support.people import contact_change, register_applicant
from support.requests import NOW, request_awaiting_activation


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


@pytest.fixture
async def awaiting(database: str) -> str:
    """The code of a request that waits for its link, in an empty database."""
    applicant = await register_applicant()
    wish = contact_change(registration_number=applicant.registration_number)
    code, _ = await request_awaiting_activation(wish)
    await set_row(code, closes_at=NOW + timedelta(days=30))
    return code
