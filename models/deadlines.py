"""What has come due: decisions to land, requests to close, links to write about, late reviews.

Each query names what an index holds, so that it costs nothing while nothing is due, however many
requests there are (`tests/models/test_deadlines.py` asks PostgreSQL for its plan).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, exists, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import among
from models.links import ActivationLink, LinkPurpose
from models.requests import Request
from models.runs import Due
from models.setbacks import Setback, Work, not_put_off, setback_of
from models.waiting_decisions import WaitingDecision, due_to_land
from rules.requests.statuses import Status
from rules.requests.transitions import WAITS_FOR_APPLICANT


@dataclass(frozen=True)
class Deadline:
    """One sort of due date: which requests have reached it, and by which of their links."""

    reached: tuple[ColumnElement[bool], ...]
    by_link: bool = False


def overdue(now: datetime) -> Deadline:
    """Requests that nobody corrected, paid for or activated in time."""
    return Deadline(
        (
            col(Request.status).in_(WAITS_FOR_APPLICANT),
            col(Request.closes_at) <= now,
        )
    )


def held(now: datetime) -> Deadline:
    """Activations that were held, and whose time to be stopped is over."""
    return Deadline(
        (
            col(Request.status) == Status.AWAITING_ACTIVATION,
            col(Request.held_until) <= now,
        )
    )


def decisions_to_land(now: datetime) -> Deadline:
    """Requests on which a decision waits that can be taken back no more."""
    waits = col(WaitingDecision.request_id) == col(Request.id)
    return Deadline((exists().where(waits, due_to_land(now)),))


def expired_links(now: datetime) -> Deadline:
    """Activation links that expired unused and of which nobody was told."""
    return _links(
        col(ActivationLink.expiry_told_at).is_(None), col(ActivationLink.expires_at) <= now
    )


def links_to_remind_of(now: datetime, before: timedelta) -> Deadline:
    """Unused activation links that will expire within this time and were not reminded of."""
    return _links(
        col(ActivationLink.reminded_at).is_(None),
        # Always so before it expires; it is what the index `links_to_tell_of` holds.
        col(ActivationLink.expiry_told_at).is_(None),
        col(ActivationLink.expires_at) > now,
        col(ActivationLink.expires_at) <= now + before,
    )


def newly_late_reviews(now: datetime) -> Deadline:
    """Reviews that are late, and whose officer was not told so."""
    return Deadline(
        (
            col(Request.status) == Status.UNDER_REVIEW,
            col(Request.review_due_at) <= now,
            col(Request.late_at).is_(None),
        )
    )


def late_reviews(due_before: datetime) -> Deadline:
    """Reviews that were due at this instant or before it and are not known to be late."""
    return Deadline(
        (
            col(Request.status) == Status.UNDER_REVIEW,
            col(Request.review_due_at) <= due_before,
            col(Request.escalated_at).is_(None),
        )
    )


def _links(*reached: ColumnElement[bool]) -> Deadline:
    live = (
        col(ActivationLink.purpose) == LinkPurpose.ACTIVATE,
        col(ActivationLink.used_at).is_(None),
        col(ActivationLink.superseded_at).is_(None),
        col(Request.status) == Status.AWAITING_ACTIVATION,
        col(Request.held_until).is_(None),
    )
    return Deadline((*live, *reached), by_link=True)


async def due_by(
    session: AsyncSession, deadline: Deadline, *, now: datetime, limit: int
) -> list[Due]:
    """The requests that have reached it, those that were set aside left out."""
    query = select(Request.id, Request.tracking_code, Setback.retry_at)
    if deadline.by_link:
        query = query.join(ActivationLink, col(ActivationLink.request_id) == col(Request.id))
    query = (
        query.outerjoin(Setback, setback_of(Work.DEADLINE))
        .where(*deadline.reached, not_put_off(now))
        .limit(limit)
    )
    found = await session.exec(query)
    return [Due(id_, code, retry_at is not None) for id_, code, retry_at in found]


async def take_all(
    session: AsyncSession, deadline: Deadline, request_ids: Collection[UUID]
) -> list[Request]:
    """Those of these requests that are still due, locked; the same, of a deadline without links."""
    query = (
        select(Request)
        .where(among(col(Request.id), request_ids), *deadline.reached)
        .order_by(col(Request.id))
        .with_for_update(skip_locked=True)
    )
    return list((await session.exec(query)).all())


async def take(
    session: AsyncSession, deadline: Deadline, request_id: UUID
) -> tuple[Request, ActivationLink | None] | None:
    """The request, locked, with the link where it is one's; None where it is due no more.

    Also where somebody else holds it: they act on it.
    """
    query = select(Request, ActivationLink) if deadline.by_link else select(Request)
    if deadline.by_link:
        query = query.join(ActivationLink, col(ActivationLink.request_id) == col(Request.id))
    query = query.where(col(Request.id) == request_id, *deadline.reached)
    query = query.limit(1).with_for_update(of=Request, skip_locked=True)
    found = (await session.exec(query)).first()
    if found is None or isinstance(found, Request):
        return None if found is None else (found, None)
    request, link = found
    return request, link
