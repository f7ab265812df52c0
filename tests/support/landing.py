"""Decisions that wait: when they land, and what became of them."""

from datetime import timedelta

from sqlmodel import select

from desk.policy import current_policy
from desk.requests.landing import put_down
from desk.requests.review import Ruling
from desk.requests.waiting import load_request
from models.database import transaction
from models.requests import Decision
from models.waiting_decisions import WaitingDecision
from rules.requests.statuses import Status
from rules.requests.verdicts import Origin, Verdict
from support.people import register_people
from support.requests import NOW
from support.ticks import ticked_at_gate

#: When what is put down at `NOW` lands.
LANDS = NOW + timedelta(seconds=current_policy().review.take_back_seconds)
APPROVE = Ruling(verdict=Verdict.APPROVE, officer="amal", origin=Origin.DESK_PAGE)


async def approval_waits() -> str:
    """A request on which amal's approval waits; people and officers are on file then."""
    await register_people()
    code = await ticked_at_gate()
    await put_down(code, APPROVE, now=NOW)
    return code


async def status_of(code: str) -> Status:
    """Where the request stands."""
    return Status((await load_request(code)).status)


async def outcomes() -> list[str | None]:
    """How the decisions that waited have ended; None for one that waits."""
    async with transaction() as session:
        rows = (await session.exec(select(WaitingDecision))).all()
    return [row.outcome for row in sorted(rows, key=lambda row: row.put_down_at)]


async def decisions() -> list[Decision]:
    """All decisions that there are."""
    async with transaction() as session:
        return list((await session.exec(select(Decision))).all())
