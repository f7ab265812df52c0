"""Cases that many people wait with."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from support.people import register_applicant, register_people, specialty_change
from support.requests import NOW, request_at_gate

#: Brings a request of somebody new to the gate; its code.
Clean = Callable[..., Awaitable[str]]


@pytest.fixture
async def clean(database: str) -> Clean:
    """Practitioners and officers are on file."""
    await register_people()

    async def case(**facts: Any) -> str:
        number = (await register_applicant(**facts)).registration_number
        return await request_at_gate(
            specialty_change(NOW.date(), registration_number=number, idempotency_key=number)
        )

    return case
