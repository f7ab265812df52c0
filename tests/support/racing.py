"""Two sessions at once, one of which has to wait for the other."""

import asyncio

from sqlalchemy import text

from models.database import transaction
from models.statements import execute


async def until_somebody_waits(lock: str = "transactionid") -> None:
    """Return when a transaction waits for another one's row, or for what it locks besides."""
    query = text("SELECT count(*) FROM pg_locks WHERE locktype = :lock AND NOT granted")
    async with asyncio.timeout(60):
        waiting = 0
        while not waiting:
            async with transaction() as session:
                waiting = (await execute(session, query, {"lock": lock})).scalar_one()
            await asyncio.sleep(0.02)
