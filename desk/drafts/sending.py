"""Sending what was written: once, however often Next is pressed, and in however many windows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.drafts.keeping import OnDraft
from desk.drafts.reviewing import Placed, drafted, placed
from desk.drafts.update import KIND, look
from desk.kinds.reading import SubmissionRefused
from desk.requests.submission import accept, resubmit
from models.database import transaction
from models.drafts import DraftMoved, key_of
from models.practitioners import find_practitioner
from models.requests import Request
from models.submission_keys import find_key
from rules.errors import NotFound, Refused
from rules.findings.problems import Problem
from rules.requests.statuses import Kind


class DraftGone(NotFound):
    """What was written is not kept any more, and was not sent."""


class DraftRefused(Refused):
    """The draft cannot be sent as it is; ``problems`` says where each thing is put right."""

    def __init__(self, problems: tuple[Placed, ...]) -> None:
        super().__init__("the draft has problems to put right")
        self.problems = problems


async def send(
    owner: str, *, draft_id: UUID, version: int, confirmed: bool, now: datetime
) -> Request:
    """Send the draft as its owner reviewed it: a new request, or the correction of a returned one.

    Sent again, after a restart or from another window, it is the same request. Raises
    `DraftMoved` where it was saved since it was reviewed, `DraftRefused`, `DraftGone`.
    """
    written = await look(owner, now=now)
    draft = written.draft
    if draft is None or draft.id != draft_id:
        return await sent_before(KIND, owner, draft_id)
    if draft.version != version:
        raise DraftMoved
    made = drafted(written, confirmed=confirmed)
    return await handed_in(KIND, written, made.document, partial(placed, made), now=now)


async def handed_in(
    kind: Kind,
    written: OnDraft,
    document: Mapping[str, Any],
    placed_by: Callable[[Sequence[Problem]], tuple[Placed, ...]],
    *,
    now: datetime,
) -> Request:
    """The request that what was written has become: a new one, or the one that it corrects.

    Raises as `accept` and `resubmit`, but `DraftRefused` where they refuse it.
    """
    try:
        if written.corrects is None:
            return await accept(kind, document, now=now, draft=written.draft)
        await resubmit(written.corrects.tracking_code, document, now=now, draft=written.draft)
    except SubmissionRefused as refused:
        raise DraftRefused(placed_by(refused.problems)) from None
    return written.corrects


async def sent_before(kind: Kind, owner: str, draft_id: UUID) -> Request:
    """The request that this draft became; raises `DraftGone` where it became none of theirs."""
    async with transaction() as session:
        practitioner = await find_practitioner(session, owner)
        request = await became(session, kind, draft_id)
        if request is None or request.practitioner_id != practitioner.id:
            raise DraftGone
        return request


async def became(session: AsyncSession, kind: Kind, draft_id: UUID) -> Request | None:
    """The request that this draft became, whosever it is; None where it became none."""
    used = await find_key(session, kind, key_of(draft_id))
    return None if used is None else await session.get(Request, used.request_id)
