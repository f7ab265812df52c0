"""The one door through which a request's status changes.

A change, its line of history and (by the caller, in the same transaction) the letters it causes are
kept together or not at all. Whoever waits for the change hears the doorbell when it is committed.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.bells import DOORBELL
from models.requests import Request, RequestEvent
from rules.requests.events import EventName
from rules.requests.statuses import ActorKind, Status
from rules.requests.transitions import TransitionRefused, check_transition


@dataclass(frozen=True)
class Actor:
    """Who does something to a request."""

    kind: ActorKind
    #: The officer's user name; never an applicant's.
    name: str | None = None


APPLICANT = Actor(ActorKind.APPLICANT)
PIPELINE = Actor(ActorKind.PIPELINE)
OPERATIONS = Actor(ActorKind.OPERATIONS)
PAYMENT = Actor(ActorKind.PAYMENT)
OLD_ADDRESS = Actor(ActorKind.OLD_ADDRESS)
CLOCK = Actor(ActorKind.CLOCK)


async def change_status(
    session: AsyncSession,
    request: Request,
    to: Status,
    *,
    by: Actor,
    now: datetime,
    reason_code: str | None = None,
) -> None:
    """Move the request, write its history and ring the doorbell, in the caller's transaction.

    Raises `TransitionRefused`, naming both statuses, where the table forbids the change or where
    somebody else has moved the request since it was read. Repeated, it is refused: the request no
    longer stands where it did.
    """
    from_ = Status(request.status)
    check_transition(request.tracking_code, from_, to, by.kind)
    moved = await session.exec(
        update(Request)
        .where(col(Request.id) == request.id, col(Request.status) == from_)
        .values(status=to, status_since=now)
        .returning(col(Request.id))
        .execution_options(synchronize_session=False)
    )
    if moved.scalar_one_or_none() is None:
        raise TransitionRefused(request.tracking_code, from_, to, by.kind)
    # What the row carries besides is the caller's to flush; status is written above, guarded.
    await session.flush()
    await session.refresh(request, ["status", "status_since"])
    event = EventName(to)
    record(session, request, event, by=by, now=now, from_=from_, to=to, reason_code=reason_code)
    await ring(session)


def record(
    session: AsyncSession,
    request: Request,
    what: EventName,
    *,
    by: Actor,
    now: datetime,
    from_: Status | None = None,
    to: Status | None = None,
    reason_code: str | None = None,
) -> None:
    """Write one line of the request's history, in the caller's transaction."""
    session.add(
        RequestEvent(
            request_id=request.id,
            at=now,
            what=what,
            from_status=from_,
            to_status=to,
            actor_kind=by.kind,
            actor=by.name,
            reason_code=reason_code,
            round=request.round,
        )
    )


async def ring(session: AsyncSession, bell: str = DOORBELL) -> None:
    """Ring this bell when the caller's transaction commits."""
    await session.exec(select(func.pg_notify(bell, "")))
