"""Noting that something which should happen again and again has happened."""

from models.database import transaction
from models.last_times import Recurring, note_time


async def note_sweep(*, seconds: float | None = None) -> None:
    """A pass over what is due has ended, and took so long by a clock that nobody sets."""
    async with transaction() as session:
        await note_time(session, Recurring.SWEEP, seconds=seconds)


async def note_document_retention() -> None:
    """A whole run over the documents whose end has come has ended."""
    async with transaction() as session:
        await note_time(session, Recurring.DOCUMENT_RETENTION)


async def note_retention() -> None:
    """A whole run over what is not kept any longer has ended."""
    async with transaction() as session:
        await note_time(session, Recurring.RETENTION)
