"""What an operator has ordered about a run of reminders, and why. Written once, never changed."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, known, named
from models.statements import execute


class Ordered(StrEnum):
    """What was ordered."""

    #: Send today what is due on another day.
    SEND = "send"
    #: Take back what a run for another day has done.
    UNDO = "undo"
    #: Write to those who were told something untrue by it.
    CORRECT = "correct"


class ReminderOrder(SQLModel, table=True):
    """One order of an operator about a run of reminders."""

    __tablename__ = "reminder_orders"
    __table_args__ = (known("what", Ordered, name="an_order_is_of_a_known_kind"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    #: The run that sends, or is undone: as `models.reminders.reminders.Reminder.run` has it.
    run: str = Field(index=True)
    what: Ordered = Field(sa_type=named(Ordered))
    #: The day whose reminders are sent today; None unless that was ordered.
    day: date | None = None
    because: str
    #: The user name of whoever ordered it.
    by: str
    at: datetime = instant()


_AMONG = text("""
SELECT reminders.id FROM reminders JOIN reminder_orders USING (run)
WHERE reminders.id = ANY(CAST(:ids AS uuid[])) AND reminder_orders.what = 'send'
""")


async def ordered_among(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    """Those of these reminders that an operator has ordered to leave ahead of their day."""
    if not ids:
        return set()
    return set((await execute(session, _AMONG, {"ids": list(ids)})).scalars())
