"""Statements over whole sets of rows, written as SQL: lists go in as arrays, not as rows."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CursorResult, Executable
from sqlmodel.ext.asyncio.session import AsyncSession


async def execute(
    session: AsyncSession, statement: Executable, parameters: Mapping[str, Any] | None = None
) -> CursorResult[Any]:
    """Run the statement in the session's transaction."""
    return await (await session.connection()).execute(statement, parameters)
