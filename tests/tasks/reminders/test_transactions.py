"""Sending reminders holds no transaction open, however slow the mail server is."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import psycopg
import pytest

from models.settings import DatabaseSettings
from support.patience import Patience
from support.reminding import SUNDAY, Runs, card_on_file
from support.smtp import SmtpRecorder

#: How many others have a transaction open in the test's database.
_OPEN = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
"""


@pytest.fixture
async def runs(database: str) -> AsyncIterator[Runs]:
    """Runs with a mail server of their own."""
    async with SmtpRecorder(extensions=("PIPELINING",)) as smtp:
        yield Runs(smtp)


async def test_no_transaction_is_open_while_a_letter_travels(runs: Runs) -> None:
    """The server has the content and says nothing."""
    await card_on_file(SUNDAY + timedelta(days=14))
    await runs.plan(SUNDAY)
    runs.smtp_patience = 600
    runs.smtp.will("CONTENT", hang=True)

    sending = asyncio.create_task(runs.send(SUNDAY))
    await runs.smtp.hangs.wait()

    patience = Patience(10)
    async with await psycopg.AsyncConnection.connect(
        DatabaseSettings().libpq_url(), autocommit=True
    ) as connection:
        while await (await connection.execute(_OPEN)).fetchone() != (0,):
            assert not patience.is_at_its_end, "a transaction stays open"
            await asyncio.sleep(0.02)
    assert not sending.done()
    sending.cancel()
    await asyncio.wait({sending})
