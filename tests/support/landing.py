"""Decisions that wait: when they land, and what became of them."""

from datetime import timedelta

from sqlmodel import select

from desk.policy import current_policy
from desk.requests.review import Ruling
from desk.requests.waiting import load_request
from models.database import transaction
from models.requests import Decision, find_request, history
from models.waiting_decisions import WaitingDecision
from rules.requests.statuses import Status
from rules.requests.verdicts import Origin, Verdict
from support.requests import NOW

#: When what is put down at `NOW` lands.
LANDS = NOW + timedelta(seconds=current_policy().review.take_back_seconds)
APPROVE = Ruling(verdict=Verdict.APPROVE, officer="amal", origin=Origin.DESK_PAGE)


async def status_of(code: str) -> Status:
    """Where the request stands."""
    return Status((await load_request(code)).status)


async def happened(code: str) -> list[str]:
    """What the history says since it waits for review, with reasons."""
    async with transaction() as session:
        request = await find_request(session, code)
        events = await history(session, request.id)
    names = [f"{one.what} {one.reason_code or ''}".strip() for one in events]
    return names[names.index("under_review") + 1 :]


async def outcomes() -> list[str | None]:
    """How the decisions that waited have ended; None for one that waits."""
    async with transaction() as session:
        rows = (await session.exec(select(WaitingDecision))).all()
    return [row.outcome for row in sorted(rows, key=lambda row: row.put_down_at)]


async def decisions() -> list[Decision]:
    """All decisions that there are."""
    async with transaction() as session:
        return list((await session.exec(select(Decision))).all())
