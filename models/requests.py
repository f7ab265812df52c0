"""Requests, their history and the decisions on them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func, text, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import (
    INSTANT,
    JSON_DOCUMENT,
    OPTIONAL_JSON_DOCUMENT,
    instant,
    known,
    named,
    optional_instant,
    quoted,
)
from models.gate_indexes import AT_THE_GATE
from models.run_indexes import RUNS
from models.run_states import RunState
from rules.errors import NotFound
from rules.requests.events import EventName
from rules.requests.statuses import OF_PRACTITIONERS, ActorKind, Kind, Status
from rules.requests.transitions import FINAL, WAITS_FOR_APPLICANT
from rules.requests.verdicts import Origin, Verdict

_OPEN = f"status NOT IN ({quoted(FINAL)})"


class RequestUnknown(NotFound):
    """No request has this tracking code, or its details are not kept any longer."""


class Request(SQLModel, table=True):
    """One applicant's wish, moving through one pipeline."""

    __tablename__ = "requests"
    __table_args__ = (
        UniqueConstraint("kind", "idempotency_key", name="the_same_submission_is_one_request"),
        UniqueConstraint("reference_number", name="a_reference_is_issued_once"),
        Index(
            "one_open_request_per_kind",
            "practitioner_id",
            "kind",
            unique=True,
            postgresql_where=text(_OPEN),
        ),
        known("kind", Kind, name="a_request_has_a_known_kind"),
        CheckConstraint(
            f"practitioner_id IS NOT NULL OR kind NOT IN ({quoted(sorted(OF_PRACTITIONERS))})",
            name="a_request_names_its_practitioner",
        ),
        known("status", Status, name="a_request_has_a_known_status"),
        known("run_state", RunState, name="a_request_has_a_known_run_state"),
        known("waits_in", Status, name="a_request_waits_in_a_known_status"),
        *RUNS,
        Index(
            "requests_to_close",
            "closes_at",
            postgresql_where=text(f"status IN ({quoted(WAITS_FOR_APPLICANT)})"),
        ),
        Index(
            "requests_held",
            "held_until",
            postgresql_where=text("status = 'awaiting_activation' AND held_until IS NOT NULL"),
        ),
        *AT_THE_GATE,
        Index(
            "requests_to_empty",
            "status_since",
            postgresql_where=text(f"status IN ({quoted(FINAL)}) AND emptied_at IS NULL"),
        ),
        CheckConstraint(
            "(claimed_by IS NULL) = (claim_until IS NULL)", name="a_claim_ends_at_some_time"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: Kind = Field(sa_type=named(Kind))
    tracking_code: str = Field(unique=True)
    #: None for somebody who is not on the register yet, in the kinds that they can ask for.
    practitioner_id: UUID | None = Field(default=None, foreign_key="practitioners.id", index=True)
    #: Whose mailbox it came from, where that was shown to be read before.
    newcomer_id: UUID | None = Field(default=None, foreign_key="newcomers.id", index=True)
    status: Status = Field(default=Status.SUBMITTED, sa_type=named(Status))
    #: ``ar`` or ``en``: the language of the letters.
    language: str = "ar"
    idempotency_key: str
    #: What was submitted, as typed.
    submission: dict[str, Any] = Field(sa_type=JSON_DOCUMENT)
    #: What the rules made of it; empty until it is validated.
    normalised: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_DOCUMENT)
    #: What the official register answered when this was validated; None where it was not asked.
    official_record: dict[str, Any] | None = Field(default=None, sa_type=OPTIONAL_JSON_DOCUMENT)
    #: What the applicant is asked to correct, while the request is returned.
    corrections: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON_DOCUMENT)
    #: Counts what officers were shown, from 1; a correction adds one, and so does a request that
    #: was computed afresh at the gate.
    round: int = 1
    submitted_at: datetime = instant()
    #: When it came to the status it has.
    status_since: datetime = instant()

    #: How many different officers the gate needs, and why (codes of `rules.requests.review`).
    approvals_needed: int = 0
    review_reasons: list[str] = Field(default_factory=list, sa_type=JSON_DOCUMENT)
    review_due_at: datetime | None = optional_instant()
    #: When the sweep saw that its review is late, and told whoever had it.
    late_at: datetime | None = optional_instant()
    escalated_at: datetime | None = optional_instant()
    claimed_by: str | None = Field(default=None, foreign_key="officers.user_name")
    claimed_at: datetime | None = optional_instant()
    #: A claim is a lease: it ends then, unless its officer does something before.
    claim_until: datetime | None = optional_instant()

    #: When a request that is returned, or waits for payment or activation, expires.
    closes_at: datetime | None = optional_instant()
    #: When an activation that is held comes into force; None for one that nobody pressed.
    held_until: datetime | None = optional_instant()
    reference_number: str | None = None

    #: The Prefect run that carries the request, and where it stands for us: see `models.runs`.
    flow_run_id: UUID | None = None
    run_state: RunState = Field(default=RunState.WANTED, sa_type=named(RunState))
    #: Counts the runs; above 1 only where Prefect lost one.
    run_generation: int = 1
    #: The status in which the run suspended itself, and the key of its last suspension.
    waits_in: Status | None = Field(default=None, sa_type=named(Status))
    pause_key: str | None = None
    pause_count: int = 0
    #: When a run that waits for something outside is to be woken, whatever happens.
    wake_at: datetime | None = optional_instant()
    run_checked_at: datetime | None = optional_instant()
    run_restarts: int = 0
    #: The wave that carries it, or that it left to go on by itself.
    wave_id: UUID | None = Field(default=None, foreign_key="waves.id")
    #: Whether it came, or was moved last, together with many others: nobody waits at a page.
    in_bulk: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})

    #: The version of its kind's process that it began under, and is carried by to its end.
    process_version: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})

    #: When what was asked for was removed (`models.retention.requests`); its code finds it no more.
    emptied_at: datetime | None = optional_instant()

    def end_claim(self) -> None:
        """Nobody works on it any more."""
        self.claimed_by = self.claimed_at = self.claim_until = None


class RequestEvent(SQLModel, table=True):
    """One line of a request's history. The database lets nobody change or delete it.

    Only ``announced_at`` is written later, once.
    """

    __tablename__ = "request_events"
    __table_args__ = (
        known("what", EventName, name="an_event_has_a_known_name"),
        known("from_status", Status, name="an_event_comes_from_a_known_status"),
        known("to_status", Status, name="an_event_comes_to_a_known_status"),
        known("actor_kind", ActorKind, name="an_event_has_a_known_actor"),
        Index("events_to_announce", "request_id", postgresql_where=text("announced_at IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    request_id: UUID = Field(foreign_key="requests.id", index=True)
    at: datetime = instant()
    #: What happened: a status for a change of status, else a word such as ``claimed``.
    what: EventName = Field(sa_type=named(EventName))
    from_status: Status | None = Field(default=None, sa_type=named(Status))
    to_status: Status | None = Field(default=None, sa_type=named(Status))
    actor_kind: ActorKind = Field(sa_type=named(ActorKind))
    #: The officer's user name, where an officer did it.
    actor: str | None = None
    reason_code: str | None = None
    round: int
    #: When Prefect was told (event and timeline).
    announced_at: datetime | None = optional_instant()


class Decision(SQLModel, table=True):
    """What one officer decided in one round. The database lets nobody change or delete it."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("request_id", "round", "officer", name="an_officer_decides_once_a_round"),
        known("verdict", Verdict, name="a_decision_has_a_known_verdict"),
        known("origin", Origin, name="a_decision_has_a_known_origin"),
        # What was decided in the last days is counted without all that was decided before.
        Index("decisions_by_time", "decided_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    request_id: UUID = Field(foreign_key="requests.id")
    round: int
    officer: str = Field(foreign_key="officers.user_name")
    verdict: Verdict = Field(sa_type=named(Verdict))
    reason_code: str | None = None
    note: str | None = None
    origin: Origin = Field(sa_type=named(Origin))
    decided_at: datetime = Field(sa_type=INSTANT)


async def find_request(session: AsyncSession, tracking_code: str, *, lock: bool = False) -> Request:
    """The request with this canonical code; raises `RequestUnknown`.

    With ``lock`` nobody else moves it until the transaction ends.
    """
    query = select(Request).where(
        col(Request.tracking_code) == tracking_code, col(Request.emptied_at).is_(None)
    )
    if lock:
        query = query.with_for_update()
    found = (await session.exec(query)).one_or_none()
    if found is None:
        raise RequestUnknown
    return found


async def ids_of(session: AsyncSession, tracking_codes: Sequence[str]) -> dict[str, UUID]:
    """Of those that there are."""
    query = select(Request.tracking_code, Request.id).where(
        col(Request.tracking_code).in_(tracking_codes)
    )
    return dict((await session.exec(query)).all())


async def history(session: AsyncSession, request_id: UUID) -> list[RequestEvent]:
    """The request's events, oldest first."""
    query = (
        select(RequestEvent)
        .where(col(RequestEvent.request_id) == request_id)
        .order_by(col(RequestEvent.id))
    )
    return list((await session.exec(query)).all())


async def decisions_of_round(session: AsyncSession, request: Request) -> list[Decision]:
    """The decisions of the request's present round, oldest first."""
    query = (
        select(Decision)
        .where(col(Decision.request_id) == request.id, col(Decision.round) == request.round)
        .order_by(col(Decision.decided_at))
    )
    return list((await session.exec(query)).all())


async def lock_requests_awaiting_activation(
    session: AsyncSession, practitioner_id: UUID
) -> list[Request]:
    """The practitioner's requests that wait for a link to be used, in one order for everybody.

    Nobody else moves them until the transaction ends.
    """
    query = (
        select(Request)
        .where(
            col(Request.practitioner_id) == practitioner_id,
            col(Request.status) == Status.AWAITING_ACTIVATION,
        )
        .order_by(col(Request.id))
        .with_for_update()
    )
    return list((await session.exec(query)).all())


async def happened_since(
    session: AsyncSession, request_id: UUID, what: EventName, since: datetime
) -> tuple[int, datetime | None]:
    """How often this happened to the request after that instant, and when first; None for never."""
    query = select(func.count(), func.min(RequestEvent.at)).where(
        col(RequestEvent.request_id) == request_id,
        col(RequestEvent.what) == what,
        col(RequestEvent.at) > since,
    )
    return (await session.exec(query)).one()


async def mark_announced(
    session: AsyncSession, events: Sequence[RequestEvent], *, at: datetime
) -> None:
    """Prefect was told of these events; the database refuses to be told of one twice."""
    await session.exec(
        update(RequestEvent)
        .where(col(RequestEvent.id).in_([event.id for event in events]))
        .values(announced_at=at)
    )


async def mark_history_announced(
    session: AsyncSession, ids: Collection[UUID], *, at: datetime
) -> None:
    """Prefect is told of nothing more that has happened to these requests until now."""
    await session.exec(
        update(RequestEvent)
        .where(col(RequestEvent.request_id).in_(ids), col(RequestEvent.announced_at).is_(None))
        .values(announced_at=at)
        .execution_options(synchronize_session=False)
    )
