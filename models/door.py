"""The one door through which a request's status changes.

A change, its line of history, the webhooks that tell of it and (by the caller, in the same
transaction) the letters it causes are kept together or not at all. Whoever waits for the change
hears the doorbell when it is committed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.bells import DOORBELL
from models.changes import changes_of
from models.inserting import document_of, naming
from models.machines import TYPED_EMPLOYER
from models.making import maker
from models.requests import Decision, Request, RequestEvent
from models.statements import execute
from models.webhook_outbox import OWE_FOR_LINES
from rules.requests.events import EventName
from rules.requests.statuses import ActorKind, Status
from rules.requests.transitions import TransitionRefused, check_transition
from traces.work import note_moved


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
    decisions: Sequence[Decision] = (),
    in_bulk: bool = False,
) -> None:
    """The same for many requests, in as many statements as for one.

    The ``decisions`` that move them are kept by the same statement. ``in_bulk`` says that one press
    moves them all: then nobody waits at a page for what follows.
    All of them are moved or, where one is refused, none: the error names that one, and the caller's
    transaction is not to be committed. What was changed on the rows besides is written with the
    status, so the caller of many holds their locks.
    """
    if not requests:
        return
    for request in requests:
        check_transition(request.tracking_code, Status(request.status), to, by.kind)
        if by.kind not in _NOBODY_WAITS:
            request.in_bulk = in_bulk
    changes = changes_of(requests)
    rows = changes.document("id", "status")
    changes.are_written()
    # What was recorded before comes before it in the history.
    await session.flush()
    note_moved([request.id for request in requests])
    line = line_of(EventName(to), by, now, to, reason_code)
    statement = _move(tuple(changes.assignments), decides=bool(decisions))
    documents = {"rows": rows} | ({"decisions": document_of(decisions)} if decisions else {})
    moved = await execute(session, statement, line | documents)
    at_to = set(moved.scalars())
    for request in requests:
        if request.id not in at_to:
            raise TransitionRefused(request.tracking_code, Status(request.status), to, by.kind)
        set_committed_value(request, "status", to)
        set_committed_value(request, "status_since", now)


_LINES = """
INSERT INTO request_events
    (request_id, round, from_status, at, what, to_status, actor_kind, actor, reason_code)
SELECT id, round, from_status, :at, :what, :to, :actor_kind, :actor, :reason_code FROM told
"""
_RECORD = text(f"""
    WITH told AS (
        SELECT id, round, CAST(NULL AS text) AS from_status
        FROM unnest(CAST(:ids AS uuid[]), CAST(:rounds AS int[])) AS given (id, round)
    )
    {_LINES}
""")  # noqa: S608 - of our own words


def telling(told: str) -> str:
    """The beginning of a statement that moves requests, which ``told`` does.

    It writes their lines, owes the webhooks that tell of it, and rings the doorbell: ``rung`` is to
    be selected from. The line's parameters are `line_of`.
    """
    return f"""
        WITH told AS ({told}),
        lines AS ({_LINES} RETURNING id, request_id, at, to_status),
        owed AS ({OWE_FOR_LINES}),
        rung AS MATERIALIZED (SELECT pg_notify('{DOORBELL}', ''))
    """


@lru_cache
def _move(assignments: tuple[str, ...], *, decides: bool) -> TextClause:
    kept = f", kept AS ({naming(Decision, 'decisions')})" if decides else ""
    return text(f"{telling(_moved(assignments))} {kept} SELECT request_id FROM lines, rung")  # noqa: S608 - of our own words


def _moved(assignments: Sequence[str]) -> str:
    besides = "".join(f", {each}" for each in assignments)
    return f"""
        UPDATE requests SET status = :to, status_since = :at{besides}
        FROM jsonb_populate_recordset(NULL::requests, CAST(:rows AS jsonb)) AS given
        WHERE requests.id = given.id AND requests.status = given.status
        RETURNING requests.id, requests.round, requests.practitioner_id,
            {TYPED_EMPLOYER} AS typed_employer, given.status AS from_status
    """  # noqa: S608 - our own columns


def record(
    session: AsyncSession,
    request: Request,
    what: EventName,
    *,
    by: Actor,
    now: datetime,
    reason_code: str | None = None,
) -> None:
    """Write one line of the request's history, in the caller's transaction."""
    note_moved([request.id])
    session.add(
        _new_line(
            request_id=request.id,
            at=now,
            what=what,
            actor_kind=by.kind,
            actor=by.name,
            reason_code=reason_code,
            round=request.round,
        )
    )


async def record_all(
    session: AsyncSession,
    requests: Sequence[Request],
    what: EventName,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """The same for many requests, by one statement."""
    note_moved([request.id for request in requests])
    await session.flush()
    await execute(session, _RECORD, line_of(what, by, now) | _of(requests))


def _of(requests: Sequence[Request]) -> dict[str, Any]:
    return {"ids": [each.id for each in requests], "rounds": [each.round for each in requests]}


def line_of(
    what: EventName,
    by: Actor,
    now: datetime,
    to: Status | None = None,
    reason_code: str | None = None,
) -> dict[str, Any]:
    """What one line of history says, whosever it is."""
    return {
        "what": what.value,
        "at": now,
        "to": to,
        "actor_kind": by.kind.value,
        "actor": by.name,
        "reason_code": reason_code,
    }


async def ring(session: AsyncSession, bell: str = DOORBELL) -> None:
    """Ring this bell when the caller's transaction commits."""
    await session.exec(select(func.pg_notify(bell, "")))
