"""Officers who are signed in, and read English."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from rules.accounts.kinds import Role
from support.people import register_people
from support.staff import Staff, ready, sign_in_wholly
from support.uploads import name_a_shelf

#: Signs the browser in as somebody with these roles.
SignIn = Callable[..., Awaitable[Staff]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where documents lie, with a master key; officers' apps need one too."""
    return name_a_shelf(tmp_path, monkeypatch)


@pytest.fixture
async def sign_in(browser: httpx.AsyncClient, folder: Path) -> SignIn:
    """Somebody of the house sits before the browser; Noura and Rahul are on file."""
    await register_people()

    async def here(*roles: Role) -> Staff:
        return await signed_in(browser, *roles)

    return here


@pytest.fixture
async def officer(sign_in: SignIn) -> Staff:
    """Whoever sits before the browser."""
    return await sign_in(Role.OFFICER)


@pytest.fixture
async def second(other: httpx.AsyncClient, officer: Staff) -> Staff:
    """A colleague, before another browser."""
    return await signed_in(other, Role.OFFICER)


async def signed_in(browser: httpx.AsyncClient, *roles: Role) -> Staff:
    """An officer with these roles, signed in here."""
    staff, app = await ready(*roles)
    assert (await sign_in_wholly(browser, staff, app)).status_code == 303
    return staff
