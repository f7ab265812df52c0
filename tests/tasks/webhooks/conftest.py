"""A hospital whose system is told, on this machine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from documents.keys import new_master_key
from support.machines import key_of
from support.people import register_people
from support.receiver import SEES_ALL, WebhookReceiver, webhooks_may_come_here


@pytest.fixture
async def receiver(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[WebhookReceiver]:
    """A receiver that takes everything, of an employer's machine that sees all of its people."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    await register_people()
    await key_of()
    quick = ("answer_seconds = 10", "answer_seconds = 1")
    with webhooks_may_come_here(tmp_path, SEES_ALL, quick):
        async with WebhookReceiver() as here:
            yield here
