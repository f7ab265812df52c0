"""An officer who is signed in, and reads English."""

from pathlib import Path

import httpx
import pytest

from rules.accounts.kinds import Role
from support.people import register_people
from support.staff import Staff, ready, sign_in_wholly
from support.uploads import name_a_shelf


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where documents lie, with a master key; officers' apps need one too."""
    return name_a_shelf(tmp_path, monkeypatch)


@pytest.fixture
async def officer(browser: httpx.AsyncClient, folder: Path) -> Staff:
    """Whoever sits before the browser."""
    await register_people()
    return await signed_in(browser, Role.OFFICER)


@pytest.fixture
async def second(other: httpx.AsyncClient, officer: Staff) -> Staff:
    """A colleague, before another browser."""
    return await signed_in(other, Role.OFFICER)


async def signed_in(browser: httpx.AsyncClient, *roles: Role) -> Staff:
    """An officer with these roles, signed in here."""
    staff, app = await ready(*roles)
    assert (await sign_in_wholly(browser, staff, app)).status_code == 303
    return staff
