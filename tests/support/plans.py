"""What a query costs the database, by its plan and not by a clock."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import event
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import engine, transaction


async def blocks_touched(ask: Callable[[AsyncSession], Awaitable[Any]]) -> int:
    """How many blocks of 8 kB the last statement of this question touches, in memory or not."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    async with transaction() as session:
        event.listen(engine().sync_engine, "before_cursor_execute", note)
        await ask(session)
        event.remove(engine().sync_engine, "before_cursor_execute", note)
        statement, values = asked[-1]
        explained = await (await session.connection()).exec_driver_sql(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values
        )
        plan = explained.scalar_one()[0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


async def analysed(table: str) -> None:
    """The table as it is on an ordinary day: the planner knows what it holds."""
    async with engine().connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.exec_driver_sql(f"VACUUM (ANALYZE) {table}")
