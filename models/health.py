"""Whether the database takes writes."""

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from models.statements import execute

# Refused by a server that takes no writes; and what is written must reach the disk to be committed.
_WRITE = text("DELETE FROM last_times WHERE false")
_FLUSH = text("SELECT pg_logical_emit_message(true, 'mumaris', 'health')")


async def write_nothing(session: AsyncSession) -> None:
    """Write in the caller's transaction, and change no row.

    Raises the database's error where it takes no writes; committing raises it where the disk does
    not.
    """
    await execute(session, _WRITE)
    await execute(session, _FLUSH)
