"""Accounts of other systems, made as operations make them."""

from datetime import datetime

from sqlmodel import col, select

from desk.accounts.machines import make_machine
from models.access_log import AccessLine
from models.database import transaction
from rules.accounts.machines import MachineKind
from support.people import NOURA
from support.requests import NOW

EMPLOYER = NOURA["employer"]


async def key_of(
    name: str = "hospital",
    kind: MachineKind = MachineKind.EMPLOYER,
    *,
    employer: str = EMPLOYER,
    days: int | None = None,
    now: datetime = NOW,
) -> str:
    """The key of a new machine; an employer's acts for the people of one name."""
    employers = (employer,) if kind is MachineKind.EMPLOYER else ()
    made = await make_machine(name, kind, employers=employers, days=days, by="ops", now=now)
    return made.key


async def machine_lines() -> list[tuple[str | None, str, str | None]]:
    """The lines of the access log that machines left: who, at what, what for."""
    async with transaction() as session:
        query = (
            select(AccessLine)
            .where(col(AccessLine.viewer_kind) == "machine")
            .order_by(col(AccessLine.id))
        )
        found = (await session.exec(query)).all()
    return [(line.viewer, line.what, line.why) for line in found]
