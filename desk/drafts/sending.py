"""Sending what was written: once, however often Next is pressed, and in however many windows."""

from datetime import datetime
from uuid import UUID

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
    try:
        if written.corrects is None:
            return await accept(KIND, made.document, now=now, draft=draft)
        await resubmit(written.corrects.tracking_code, made.document, now=now, draft=draft)
    except SubmissionRefused as refused:
        raise DraftRefused(placed(made, refused.problems)) from None
    return written.corrects


async def sent_before(kind: Kind, owner: str, draft_id: UUID) -> Request:
    """The request that this draft became; raises `DraftGone` where it became none of theirs."""
    async with transaction() as session:
        practitioner = await find_practitioner(session, owner)
        used = await find_key(session, kind, key_of(draft_id))
        request = None if used is None else await session.get(Request, used.request_id)
        if request is None or request.practitioner_id != practitioner.id:
            raise DraftGone
        return request
