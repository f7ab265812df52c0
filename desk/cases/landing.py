"""Decisions that were put down on the desk's page, as officers see them; nobody's data."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import snapshot
from models.officers import find_officer
from models.requests import Request
from models.waiting_decisions import WaitingDecision, not_landed, that_wait, waiting_decision_of
from rules.requests.landing import Landing
from rules.requests.verdicts import Verdict


@dataclass(frozen=True, kw_only=True)
class PutDown:
    """A decision that waits, or did not land."""

    tracking_code: str
    officer: str
    verdict: Verdict
    put_down_at: datetime
    lands_at: datetime
    #: Why it did not land; None while it waits.
    outcome: Landing | None
    ended_at: datetime | None


async def own_waiting(officer: str) -> tuple[PutDown, ...]:
    """The officer's decisions that can be taken back, first due first. Raises `OfficerUnknown`."""
    async with snapshot() as session:
        name = (await find_officer(session, officer)).user_name
        return tuple(_shown(row, code) for row, code in await that_wait(session, name))


async def own_not_landed(officer: str, *, since: datetime) -> tuple[PutDown, ...]:
    """The officer's decisions that were refused since then, newest first.

    Nothing was decided by them. Raises `OfficerUnknown`.
    """
    async with snapshot() as session:
        name = (await find_officer(session, officer)).user_name
        found = await not_landed(session, name, since=since)
        return tuple(_shown(row, code) for row, code in found)


async def put_down_on(session: AsyncSession, request: Request) -> PutDown | None:
    """The decision that waits on this request, in the caller's transaction; None for none."""
    waits = await waiting_decision_of(session, request.id)
    return None if waits is None else _shown(waits, request.tracking_code)


def _shown(row: WaitingDecision, tracking_code: str) -> PutDown:
    return PutDown(
        tracking_code=tracking_code,
        officer=row.officer,
        verdict=row.verdict,
        put_down_at=row.put_down_at,
        lands_at=row.lands_at,
        outcome=row.outcome,
        ended_at=row.ended_at,
    )
