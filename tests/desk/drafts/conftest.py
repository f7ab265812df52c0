"""Somebody on the register who writes."""

import pytest

from support.people import Applicant, register_applicant


@pytest.fixture
async def person(database: str) -> Applicant:
    """A practitioner whom no other test knows."""
    return await register_applicant()


@pytest.fixture
def new(person: Applicant) -> str:
    """An address that nobody has on file."""
    return f"new.{person.email}"
