"""Statements over whole sets of rows, written as SQL: lists go in as arrays, not as rows."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CursorResult, Executable, text
from sqlmodel.ext.asyncio.session import AsyncSession

#: For the rest of a transaction: a kept plan of a table that is empty at one time and full at
#: another would be made for the wrong one.
FRESH_PLANS = text("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")


async def execute(
    session: AsyncSession, statement: Executable, parameters: Mapping[str, Any] | None = None
) -> CursorResult[Any]:
    """Run the statement in the session's transaction."""
    return await (await session.connection()).execute(statement, parameters)
