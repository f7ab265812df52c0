"""Requests brought to where a test wants them, through the doors that everyone uses."""

from datetime import UTC, datetime
from typing import Any

from desk.requests.activation import mail_link
from desk.requests.review import Ruling, decide
from desk.requests.submission import accept
from models.database import transaction
from models.door import PIPELINE, change_status
from models.links import LinkPurpose, mint_token, newest_link
from models.requests import Request, find_request, history
from rules.requests.review import RejectionReason
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Verdict
from support.people import specialty_change
from tasks.steps.reference import issue_reference
from tasks.steps.validation import validate

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def request_at_gate(
    submission: dict[str, Any] | None = None,
    *,
    kind: Kind = Kind.PROFILE_UPDATE,
    now: datetime = NOW,
) -> str:
    """A request that waits for an officer; returns its tracking code."""
    document = submission or specialty_change(now.date())
    request = await accept(kind, document, now=now)
    await validate.task.fn(request.tracking_code)
    return request.tracking_code


async def request_awaiting_activation(
    submission: dict[str, Any], *, now: datetime = NOW
) -> tuple[str, str]:
    """A request that policy let pass, with its link mailed; returns its code and a token."""
    request = await accept(Kind.PROFILE_UPDATE, submission, now=now)
    await validate.task.fn(request.tracking_code)
    waiting = await awaiting_activation(request.tracking_code, now=now)
    return request.tracking_code, await token_of(waiting)


async def awaiting_activation(tracking_code: str, *, now: datetime = NOW) -> Request:
    """An approved request, brought to where its link is mailed."""
    await issue_reference.task.fn(tracking_code)
    async with transaction() as session:
        row = await find_request(session, tracking_code, lock=True)
        await mail_link(session, row, now=now)
        await change_status(session, row, Status.AWAITING_ACTIVATION, by=PIPELINE, now=now)
    return row


async def token_of(request: Request, purpose: LinkPurpose = LinkPurpose.ACTIVATE) -> str:
    """A fresh token of the request's newest link of this purpose."""
    async with transaction() as session:
        link = await newest_link(session, request.id, purpose)
        assert link is not None
        return await mint_token(session, link.id, now=NOW)


async def rejected(tracking_code: str, at: datetime) -> None:
    """An officer rejects the request, which ends it."""
    reason = RejectionReason.OTHER_SEE_NOTE
    ruling = Ruling(verdict=Verdict.REJECT, officer="amal", reason_code=reason, note="No")
    await decide(tracking_code, ruling, now=at)


async def returned_request(registration_number: str, *fields: str) -> str:
    """A change of specialty and rank that an officer returned with a note; its tracking code."""
    code = await request_at_gate(
        specialty_change(
            NOW.date(),
            registration_number=registration_number,
            idempotency_key=registration_number,
            changes={"specialty": "critical care", "rank": "senior specialist"},
        )
    )
    await returned(code, *fields)
    return code


async def returned(tracking_code: str, *fields: str, at: datetime = NOW) -> None:
    """An officer returns the request, with a note."""
    ruling = Ruling(
        verdict=Verdict.RETURN,
        officer="amal",
        reason_code="differs_from_document",
        note="See page 2 <b>",
        fields=list(fields or ("specialty",)),
    )
    await decide(tracking_code, ruling, now=at)


async def happened(code: str) -> list[str]:
    """What the history says since it waits for review, with reasons."""
    async with transaction() as session:
        request = await find_request(session, code)
        events = await history(session, request.id)
    names = [f"{one.what} {one.reason_code or ''}".strip() for one in events]
    return names[names.index("under_review") + 1 :]
