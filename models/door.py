"""The one door through which a request's status changes.

A change, its line of history, the webhooks that tell of it and (by the caller, in the same
transaction) the letters it causes are kept together or not at all. Whoever waits for the change
hears the doorbell when it is committed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import TextClause, text
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.bells import DOORBELL
from models.changes import changes_of
from models.inserting import insert_new
from models.making import maker
from models.requests import Request, RequestEvent
from models.statements import execute
from models.webhook_outbox import owe_webhooks_and_ring
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
_new_line = maker(RequestEvent)
_NOBODY_WAITS = frozenset({ActorKind.PIPELINE, ActorKind.CLOCK})


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
    await change_statuses(session, [request], to, by=by, now=now, reason_code=reason_code)


async def change_statuses(
    session: AsyncSession,
    requests: Sequence[Request],
    to: Status,
    *,
    by: Actor,
    now: datetime,
    reason_code: str | None = None,
) -> None:
    """The same for many requests, in as many statements as for one.

    All of them are moved or, where one is refused, none: the error names that one, and the caller's
    transaction is not to be committed. What was changed on the rows besides is written with the
    status, so the caller of many holds their locks.
    """
    if not requests:
        return
    for request in requests:
        check_transition(request.tracking_code, Status(request.status), to, by.kind)
        if by.kind not in _NOBODY_WAITS:
            # Whoever moved it with many others waits at no page for what follows.
            request.in_bulk = len(requests) > 1
    changes = changes_of(requests)
    moved = await execute(
        session,
        _move(changes.assignments),
        {"to": to.value, "since": now, "rows": changes.document("id", "status")},
    )
    at_to = set(moved.scalars())
    lines: list[RequestEvent] = []
    changes.are_written()
    for request in requests:
        from_ = Status(request.status)
        if request.id not in at_to:
            raise TransitionRefused(request.tracking_code, from_, to, by.kind)
        set_committed_value(request, "status", to)
        set_committed_value(request, "status_since", now)
        lines.append(_line(request, EventName(to), by, now, from_, to, reason_code))
    session.add_all(lines)
    await session.flush()
    await owe_webhooks_and_ring(session, [line.id or 0 for line in lines], DOORBELL)


@lru_cache
def _move(assignments: tuple[str, ...]) -> TextClause:
    besides = "".join(f", {each}" for each in assignments)
    return text(
        "UPDATE requests SET status = :to, status_since = :since"  # noqa: S608 - our own columns
        f"{besides} FROM jsonb_populate_recordset(NULL::requests, CAST(:rows AS jsonb)) AS given"
        " WHERE requests.id = given.id AND requests.status = given.status RETURNING requests.id"
    )


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
    session.add(_line(request, what, by, now, from_, to, reason_code))


async def record_submitted(
    session: AsyncSession, requests: Sequence[Request], *, by: Actor, now: datetime
) -> None:
    """Write the first line of these requests' history and ring, in the caller's transaction."""
    first = EventName.SUBMITTED
    written = await insert_new(
        session, [_line(request, first, by, now, to=Status.SUBMITTED) for request in requests]
    )
    await owe_webhooks_and_ring(session, sorted(number for (number,) in written), DOORBELL)


def _line(
    request: Request,
    what: EventName,
    by: Actor,
    now: datetime,
    from_: Status | None = None,
    to: Status | None = None,
    reason_code: str | None = None,
) -> RequestEvent:
    return _new_line(
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


async def ring(session: AsyncSession, bell: str = DOORBELL) -> None:
    """Ring this bell when the caller's transaction commits."""
    await session.exec(select(func.pg_notify(bell, "")))
