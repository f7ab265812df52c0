"""Requests as the person sees them whose they are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.cases.payments import BillState, bill_state
from desk.requests.timeline import TimelineEntry, timeline
from desk.requests.tracking import Tracked
from models.cases import requests_of_practitioner
from models.database import snapshot, transaction
from models.letters import has_undelivered
from models.payments import bill_of
from models.registrations import registrations_of
from models.requests import Request, RequestUnknown, find_request, history
from rules.requests.events import EventName
from rules.requests.statuses import ActorKind, Status

#: What the person is told of; the rest is the house's own coming and going.
_TOLD = frozenset(
    {
        EventName.SUBMITTED,
        EventName.UNDER_REVIEW,
        EventName.RETURNED,
        EventName.APPROVED,
        EventName.AWAITING_PAYMENT,
        EventName.PAID,
        EventName.AWAITING_ACTIVATION,
        EventName.ACTIVATED,
        EventName.REJECTED,
        EventName.WITHDRAWN,
        EventName.EXPIRED,
        EventName.REFERENCE_ISSUED,
        EventName.BILL_ISSUED,
        EventName.LINK_RESENT,
        EventName.LINK_REMINDED,
        EventName.LINK_EXPIRED,
        EventName.ACTIVATION_HELD,
        EventName.UNDONE,
        EventName.LETTER_FAILED,
        EventName.LETTER_CAME_BACK,
        EventName.LETTER_RESENT,
    }
)
#: More than anybody has in some years.
MOST_OWN = 50


@dataclass(frozen=True, repr=False)
class MyRequest:
    """One's own request, and what happened to it: no officer is named."""

    tracked: Tracked
    happened: tuple[TimelineEntry, ...]
    #: What is to be paid for it, or was; None while there is none.
    bill: BillState | None


async def own_requests(practitioner_id: UUID | None) -> list[Request]:
    """The person's requests, newest first; none of an officer."""
    if practitioner_id is None:
        return []
    async with transaction() as session:
        return await requests_of_practitioner(session, practitioner_id, limit=MOST_OWN)


async def own_request(practitioner_id: UUID | None, tracking_code: str) -> MyRequest:
    """One's own request; raises `RequestUnknown` for any other, whether there is one or not."""
    async with snapshot() as session:
        request = await find_request(session, tracking_code)
        if practitioner_id is None or request.practitioner_id != practitioner_id:
            raise RequestUnknown
        return await own_request_in(session, request)


async def own_registrations(mailbox: str) -> list[Request]:
    """The registrations that were sent by whoever reads this mailbox, newest first."""
    async with transaction() as session:
        return await registrations_of(session, mailbox, limit=MOST_OWN)


async def own_registration(mailbox: str, tracking_code: str) -> MyRequest:
    """One's own registration; raises `RequestUnknown` for any other, whether it is there or not."""
    async with snapshot() as session:
        request = await find_request(session, tracking_code)
        mine = await registrations_of(session, mailbox, limit=MOST_OWN)
        if request.id not in {each.id for each in mine}:
            raise RequestUnknown
        return await own_request_in(session, request)


def own_request_as_new(request: Request, *, now: datetime) -> MyRequest:
    """What the person is told of a request that was accepted just now."""
    accepted = TimelineEntry(
        at=now,
        event=EventName.SUBMITTED,
        from_status=None,
        to_status=Status.SUBMITTED,
        actor_kind=ActorKind.APPLICANT,
        officer=None,
        reason_code=None,
        round=request.round,
    )
    return MyRequest(Tracked(request, is_undelivered=False), (accepted,), bill=None)


async def own_request_in(session: AsyncSession, request: Request) -> MyRequest:
    """What the person is told of this request, in the caller's transaction."""
    events = timeline(await history(session, request.id))
    tracked = Tracked(request, await has_undelivered(session, request.id))
    bill = await bill_of(session, request.id)
    happened = tuple(entry for entry in events if entry.event in _TOLD)
    return MyRequest(tracked, happened, bill_state(bill) if bill else None)
