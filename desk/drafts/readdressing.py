"""A request whose e-mail address is wrong: it is withdrawn, and written anew with the right one."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.drafts.keeping import PartUnknown, fill, fitting, kept_since
from desk.drafts.update import KIND
from desk.kinds.registry import kind_of
from desk.requests.addresses import address_brought
from desk.requests.withdrawal import WithdrawalTooLate, withdraw_in
from models.accounts.address_codes import end_address_codes
from models.database import transaction
from models.door import APPLICANT
from models.drafts import Draft, begin_draft
from models.practitioners import find_practitioner
from models.requests import Request, find_request
from rules.profile_update.drafted import content_of
from rules.requests.statuses import Status
from rules.requests.transitions import BEFORE_APPROVAL

#: Why the history says that it was withdrawn.
_REASON = "address_corrected"


def may_readdress(request: Request) -> bool:
    """Whether its owner may write this request anew with another address.

    While its activation link waits in some mailbox, and before that where it brings an address.
    """
    if request.kind != KIND:
        return False
    if request.status == Status.AWAITING_ACTIVATION:
        return True
    return request.status in BEFORE_APPROVAL and address_brought(request) is not None


async def address_of_link(tracking_code: str) -> str | None:
    """Where the activation link of this request went, or will go as it was handed in."""
    async with transaction() as session:
        request = await find_request(session, tracking_code)
        if request.status in BEFORE_APPROVAL:
            return address_brought(request)
        kind = kind_of(request)
        return kind.wanted_email(request, await kind.applicant_of(session, request))


async def write_anew(owner: str, tracking_code: str, *, now: datetime) -> None:
    """Withdraw this request, and keep what was in it as a draft in which the address is corrected.

    One transaction: from then on its links open nothing, whoever reads the wrong mailbox, and
    nothing is lost that was typed. What an officer approved is never changed: the draft is a new
    request, with a code for its address, and is looked at like any other. It takes the place of
    whatever else was being written. Once it is withdrawn, this changes nothing. Raises
    `WithdrawalTooLate` where it may not be written anew, `models.requests.RequestUnknown`, and
    `PartUnknown` for a request of somebody else.
    """
    async with transaction() as session:
        practitioner = await find_practitioner(session, owner)
        request = await find_request(session, tracking_code, lock=True)
        if request.practitioner_id != practitioner.id:
            raise PartUnknown
        if request.status == Status.WITHDRAWN:
            return
        if not may_readdress(request):
            raise WithdrawalTooLate(tracking_code, Status(request.status))
        draft = await begin_draft(session, practitioner.id, KIND, since=kept_since(now), now=now)
        await _fill(session, draft, request, now)
        await withdraw_in(session, request, by=APPLICANT, now=now, reason_code=_REASON)


async def _fill(session: AsyncSession, draft: Draft, request: Request, now: datetime) -> None:
    """What was submitted, or what was typed to correct it, as a draft of a new request."""
    corrects = draft.request_id is not None and fitting(draft, request) is not None
    draft.saved_at = now
    if corrects:
        draft.version += 1
    else:
        fill(draft, content_of(request.submission))
    draft.request_id = draft.round = None
    await end_address_codes(session, draft.id, now=now)
