"""An identity provider for officers, on a port of its own, and an officer whom it knows."""

from collections.abc import AsyncIterator

import pytest

from documents.keys import new_master_key
from support.officers import Linked, linked_officer
from support.oidc import StandIn, standing_in
from support.portal import Clock


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation has a master key, for authenticator apps."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())


@pytest.fixture
async def provider(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StandIn]:
    """The provider that the environment names."""
    async with standing_in(clock) as found:
        found.name_in(monkeypatch)
        yield found


@pytest.fixture
async def officer(database: str, provider: StandIn) -> Linked:
    """Amal."""
    return await linked_officer(provider)
