"""Sending reminders holds no transaction open, however slow the mail server is."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import psycopg
import pytest

from models.settings import DatabaseSettings
from support.reminding import SUNDAY, Runs, card_on_file
from support.smtp import SmtpRecorder

#: The longest that any transaction of the test's database has been open, in seconds.
_OLDEST = """
SELECT COALESCE(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)
FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
async def runs(database: str) -> AsyncIterator[Runs]:
    """Runs with a mail server of their own."""
    async with SmtpRecorder(extensions=("PIPELINING",)) as smtp:
        yield Runs(smtp)


async def test_no_transaction_is_open_while_a_letter_travels(runs: Runs) -> None:
    """The server takes the content and says nothing for two seconds."""
    for _ in range(3):
        await card_on_file(SUNDAY + timedelta(days=14))
    await runs.plan(SUNDAY)
    runs.smtp.will("CONTENT", hang=True, times=3)

    sending = asyncio.create_task(runs.send(SUNDAY))
    oldest, looks = 0.0, 0
    async with await psycopg.AsyncConnection.connect(
        DatabaseSettings().libpq_url(), autocommit=True
    ) as connection:
        while not sending.done():
            (seconds,) = await (await connection.execute(_OLDEST)).fetchone() or (0.0,)
            oldest, looks = max(oldest, float(seconds)), looks + 1
            await asyncio.wait({sending}, timeout=0.02)

    assert len(runs.smtp.accepted) == 3
    assert looks > 20
    assert oldest < 1
