"""What operations have to look at: requests that the sweep cannot help by itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import transaction
from models.setbacks import Work, setbacks

#: A failure that the next attempt mends (a lock, a hiccup) is nobody's business.
FAILURES = 2


@dataclass(frozen=True)
class StuckRequest:
    """One sort of work that keeps failing for one request."""

    tracking_code: str
    #: Where it stands; text, as it may be a status that this version does not know.
    status: str
    #: What fails.
    work: Work
    #: Why: a code.
    reason: str
    #: What sort of error and where, for an engineer; None where the reason says it all.
    detail: str | None
    since: datetime
    tries: int
    #: When it is tried again; it goes on by itself once the cause is mended.
    retry_at: datetime


async def stuck_requests() -> list[StuckRequest]:
    """The requests that are set aside, longest first; it only reads."""
    async with transaction() as session:
        return await read_stuck(session)


async def read_stuck(session: AsyncSession) -> list[StuckRequest]:
    """The same, in the caller's transaction."""
    return [
        StuckRequest(
            tracking_code=code,
            status=status,
            work=setback.work,
            reason=setback.reason,
            detail=setback.detail,
            since=setback.since,
            tries=setback.tries,
            retry_at=setback.retry_at,
        )
        for setback, code, status in await setbacks(session, tries=FAILURES)
    ]
