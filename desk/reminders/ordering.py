"""An operator orders that the reminders of another day leave today."""

from dataclasses import dataclass
from datetime import date, datetime

from models.database import patiently, transaction
from models.reminders.orders import Ordered, ReminderOrder


@dataclass(frozen=True)
class Order:
    """Who ordered it, and why."""

    by: str
    because: str

    def __post_init__(self) -> None:
        """Refuse an order that does not say why; raises ValueError."""
        if not self.because.strip():
            raise ValueError("an order says why")


@patiently
async def keep_order(order: Order, run: str, day: date, *, now: datetime) -> None:
    """Keep the order, before the run that it allows plans anything."""
    async with transaction() as session:
        session.add(
            ReminderOrder(
                run=run, what=Ordered.SEND, day=day, because=order.because, by=order.by, at=now
            )
        )
