"""How long the stages of requests took: read from the history's end, and never twice."""

from collections.abc import Collection
from datetime import datetime, timedelta
from math import inf
from typing import NamedTuple

from sqlalchemy import text
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.requests import RequestEvent
from models.statements import execute
from rules.requests.statuses import Status

#: How long requests have waited, at most, to be counted together.
AGES = tuple(
    timedelta(**age)
    for age in ({"hours": 1}, {"days": 1}, {"days": 3}, {"days": 7}, {"days": 14}, {"days": 30})
)
#: Lines of the history that one look reads at most; the next look goes on.
_AT_MOST = 5_000

# The stage ends with the line; it began when the request came to the status before the last time.
_ENDED = text("""
SELECT request.kind, line.from_status, line.to_status, line.at - began.at
FROM request_events AS line
JOIN requests AS request ON request.id = line.request_id
CROSS JOIN LATERAL (
    SELECT before.at FROM request_events AS before
    WHERE before.request_id = line.request_id AND before.id < line.id
        AND before.to_status = line.from_status
    ORDER BY before.id DESC LIMIT 1
) AS began
WHERE line.id > :after AND line.id <= :until AND line.from_status = ANY(:begun)
ORDER BY line.id
""")
# Minutes after the line the mail server has taken the e-mail, or is away.
_MAILED = text("""
SELECT request.kind, letter.settled_at - letter.created_at
FROM request_events AS line
JOIN requests AS request ON request.id = line.request_id
JOIN letters AS letter ON letter.request_id = line.request_id
    AND letter.letter = 'activation' AND letter.created_at >= line.at - interval '1 minute'
WHERE line.id > :after AND line.id <= :until AND line.to_status = 'awaiting_activation'
ORDER BY line.id
""")
# Each age falls behind as many limits as it has reached.
_BY_AGE = text("""
SELECT kind, status, width_bucket(age, CAST(:limits AS float8[])), count(*), max(age)
FROM (
    SELECT kind, status,
        CAST(extract(epoch FROM CAST(:now AS timestamptz) - status_since) AS float8) AS age
    FROM requests WHERE status = ANY(:waits)
) AS waiting
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
""")


class EndedStage(NamedTuple):
    """What has ended."""

    kind: str
    begun_in: str
    ended_in: str
    seconds: float


class Mailed(NamedTuple):
    """An activation e-mail that was owed."""

    kind: str
    #: From its writing until the mail server took it; None for one that it has not taken yet.
    seconds: float | None


class WaitsSoLong(NamedTuple):
    """Requests that wait in one status for about as long."""

    kind: str
    status: str
    #: Seconds: one of `AGES`, or infinity. They have waited for less, and not for less than the one
    #: before.
    under: float
    number: int
    #: Of the one that has waited longest.
    seconds: float


async def last_line(session: AsyncSession, *, before: datetime, after: int | None = None) -> int:
    """The last line of the history that was written before then; 0 where there is none.

    Counted on from ``after``, at most so many lines that one look can read them.
    """
    at = col(RequestEvent.at) <= before
    if after is None:
        query = select(RequestEvent.id).where(at).order_by(col(RequestEvent.id).desc()).limit(1)
        return (await session.exec(query)).first() or 0
    lines = (
        select(RequestEvent.id, RequestEvent.at)
        .where(col(RequestEvent.id) > after)
        .order_by(col(RequestEvent.id))
        .limit(_AT_MOST)
        .subquery()
    )
    newest = select(func.max(lines.c.id)).where(lines.c.at <= before)
    return (await session.exec(newest)).one() or after


async def ended_stages(
    session: AsyncSession, begun: Collection[Status], *, after: int, until: int
) -> list[EndedStage]:
    """The stages that began in these statuses and ended in the lines of the history after this."""
    found = await execute(session, _ENDED, {"after": after, "until": until, "begun": sorted(begun)})
    return [
        EndedStage(kind, begun, ended, took.total_seconds()) for kind, begun, ended, took in found
    ]


async def activation_e_mails(session: AsyncSession, *, after: int, until: int) -> list[Mailed]:
    """The activation e-mails of the requests that these lines brought to their activation."""
    found = await execute(session, _MAILED, {"after": after, "until": until})
    return [Mailed(kind, None if took is None else took.total_seconds()) for kind, took in found]


async def count_by_age(
    session: AsyncSession, waits: Collection[Status], *, now: datetime
) -> list[WaitsSoLong]:
    """The requests that stand in these statuses, by kind, status and how long they have."""
    limits = [age.total_seconds() for age in AGES]
    found = await execute(session, _BY_AGE, {"waits": sorted(waits), "now": now, "limits": limits})
    return [
        WaitsSoLong(kind, status, [*limits, inf][place], number, float(longest))
        for kind, status, place, number, longest in found
    ]
