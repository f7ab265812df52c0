"""A request given to another officer: several at once, and one that its officer hands over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.requests.at_the_gate import at_the_gate, refuse_anothers
from desk.requests.claims import assign, give_to
from desk.requests.reasons import said_reason
from models.database import transaction
from models.officers import find_officer
from models.requests import Request
from models.review_desk import handed_over_of
from rules.errors import Conflict, MumarisError, NotAllowed, NotFound
from rules.requests.statuses import ActorKind


@dataclass(frozen=True)
class Given:
    """What became of one request that was to be given to an officer."""

    tracking_code: str
    #: Why not; None where they have it.
    refused: MumarisError | None


@dataclass(frozen=True)
class HandedOn:
    """Once that a request was given to an officer by somebody else, or taken from a colleague."""

    at: datetime
    #: Who had it; None for nobody.
    before: str | None
    officer: str
    by: str
    why: str | None


async def assign_all(
    tracking_codes: Sequence[str], officer: str, *, by: str, why: str | None, now: datetime
) -> tuple[Given, ...]:
    """Give each of these requests to the officer, in a transaction of its own; what came of each.

    One that is refused, by whatever `desk.requests.claims.assign` raises, keeps no other one back.
    Repeated, it is the same. What is said of why must be a reason (`said_reason`) before any is
    given; None is for commands.
    """
    reason = None if why is None else said_reason(why)
    return tuple(
        [await _assigned(code, officer, by=by, why=reason, now=now) for code in tracking_codes]
    )


async def _assigned(code: str, officer: str, *, by: str, why: str | None, now: datetime) -> Given:
    try:
        await assign(code, officer, by=by, why=why, now=now)
    except (Conflict, NotAllowed, NotFound) as refused:
        return Given(code, refused)
    return Given(code, None)


async def hand_over(tracking_code: str, officer: str, *, by: str, why: str, now: datetime) -> None:
    """Give a request that ``by`` has in hand, or that nobody has, to a colleague.

    Raises `desk.requests.reasons.ReasonNotSaid`, and as `desk.requests.claims.claim` and `assign`.
    """
    reason = said_reason(why)
    async with transaction() as session:
        request, giver = await at_the_gate(session, tracking_code, by, now=now)
        refuse_anothers(request, giver)
        found = await find_officer(session, officer)
        await give_to(
            session,
            request,
            found,
            by=giver.user_name,
            kind=ActorKind.OFFICER,
            why=reason,
            now=now,
        )


async def handed_on(session: AsyncSession, request: Request) -> tuple[HandedOn, ...]:
    """Who gave the request to whom, and why, oldest first."""
    return tuple(
        HandedOn(row.at, row.before, row.officer, row.said_by, row.reason)
        for row in await handed_over_of(session, request)
    )
