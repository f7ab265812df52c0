"""An installation that lacks nothing; its values are invented."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from documents.key_file import make_key_file
from support.doctor import (
    DOMAIN,
    PASSWORD,
    Names,
    Prefect,
    as_own_role,
    names_asked,
    prefect_serving,
)
from support.scanner import listening, stand_in
from support.smtp import SmtpRecorder

LIVE = {
    "MUMARIS_PORTAL_URL": "https://mumaris.example.org",
    "MUMARIS_TRUSTED_PROXIES": "10.0.0.5",
    "MUMARIS_MAIL_FROM": f"mumaris@{DOMAIN}",
    "MUMARIS_MAIL_RETURN_PATH": f"bounces+{{mark}}@{DOMAIN}",
    "MUMARIS_MAIL_DKIM_SELECTOR": "mumaris",
    "PREFECT_API_AUTH_STRING": PASSWORD,
}


@pytest.fixture
def prefect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Prefect]:
    """A Prefect of this test's own, which the environment names."""
    own = Prefect()
    with prefect_serving(own) as api_url:
        monkeypatch.setenv("PREFECT_API_URL", api_url)
        yield own


@pytest.fixture
async def names(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Names]:
    """What DNS says."""
    own = Names()
    async with names_asked(own, monkeypatch):
        yield own


@pytest.fixture
async def scanner() -> AsyncIterator[str]:
    """The address of a scanner."""
    async with listening(stand_in) as address:
        yield address


@pytest.fixture(autouse=True)
async def home(
    database: str,
    mail_server: SmtpRecorder,
    prefect: Prefect,
    names: Names,
    scanner: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Its home, with keys."""
    monkeypatch.delenv("MUMARIS_MAIL_CAUGHT")
    for name, value in {**LIVE, "MUMARIS_CLAMD": scanner}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MUMARIS_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", as_own_role(database))
    make_key_file(tmp_path / "document-keys")
    return tmp_path
