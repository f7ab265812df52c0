"""Somebody who is signed in, and reads English."""

import httpx
import pytest

from support.accounts import Member, sign_in_as, with_password


@pytest.fixture
async def member(browser: httpx.AsyncClient) -> Member:
    """Whoever sits before the browser."""
    found = await with_password(preferred_language="en")
    assert (await sign_in_as(browser, found)).status_code == 303
    return found
