"""Taking a request back."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.registry import kind_of
from desk.requests.queueing import queue_withdrawn
from models.database import transaction
from models.door import APPLICANT, Actor, change_status
from models.letters import skip_letters
from models.links import LinkPurpose, newest_link
from models.requests import Request, find_request
from rules.errors import Conflict
from rules.requests.statuses import ActorKind, Status
from rules.requests.transitions import BEFORE_APPROVAL, may


class WithdrawalTooLate(Conflict):
    """The applicant can withdraw until the gate approves; this request is past it, or closed."""

    def __init__(self, tracking_code: str, status: Status) -> None:
        super().__init__(f"request {tracking_code} cannot be withdrawn any more: it is {status}")
        self.tracking_code = tracking_code
        self.status = status


async def withdraw(tracking_code: str, *, by: Actor = APPLICANT, now: datetime) -> None:
    """Take the request back; its run ends Withdrawn and the applicant gets a letter.

    Withdrawing what is withdrawn already changes nothing. The applicant may until the approval,
    operations until the activation; later it raises `WithdrawalTooLate`.
    """
    async with transaction() as session:
        request = await find_request(session, tracking_code, lock=True)
        status = Status(request.status)
        if status is Status.WITHDRAWN:
            return
        is_late = by.kind is ActorKind.APPLICANT and status not in BEFORE_APPROVAL
        if is_late or not may(by.kind, status, Status.WITHDRAWN):
            raise WithdrawalTooLate(tracking_code, status)
        await withdraw_in(session, request, by=by, now=now)


async def withdraw_in(
    session: AsyncSession,
    request: Request,
    *,
    by: Actor,
    now: datetime,
    reason_code: str | None = None,
) -> None:
    """Withdraw a request whose row the caller has locked, in the caller's transaction."""
    applicant = await kind_of(request).applicant_of(session, request)
    await change_status(session, request, Status.WITHDRAWN, by=by, now=now, reason_code=reason_code)
    request.end_claim()
    for purpose in LinkPurpose:
        link = await newest_link(session, request.id, purpose)
        if link is not None and link.used_at is None and link.superseded_at is None:
            link.superseded_at = now
            await skip_letters(
                session, link_ids=[link.id], reason="the request is withdrawn", now=now
            )
    await queue_withdrawn(session, request, applicant, by=by.kind, now=now)
