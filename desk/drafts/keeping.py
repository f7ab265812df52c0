"""How what is typed is kept in a draft, of whatever kind its request will be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.policy import current_policy
from models.accounts.address_codes import end_address_codes
from models.drafts import Draft, DraftMoved, begin_draft
from models.open_requests import open_request
from models.requests import Request
from rules.errors import Conflict, NotFound
from rules.requests.statuses import Kind, Status

#: What PostgreSQL cannot keep in a JSON document becomes this: nobody sees it, and every rule
#: refuses it by its number.
_NONCHARACTER = "\uffff"
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


class PartUnknown(NotFound):
    """The draft has no such part, or none that can be written now."""


class RequestIsOpen(Conflict):
    """A request of this kind is open: another one can be written when it has ended."""

    def __init__(self, tracking_code: str) -> None:
        super().__init__(f"request {tracking_code} of this kind is open")
        self.tracking_code = tracking_code


@dataclass(frozen=True)
class Seen:
    """Which state of the draft a page showed; None where there was no draft."""

    draft_id: UUID | None = None
    version: int = 0


def keepable(typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed, as it can be kept."""
    return {box: _UNKEEPABLE.sub(_NONCHARACTER, text) for box, text in typed.items()}


def put(draft: Draft, part: str, typed: Mapping[str, str] | None, now: datetime) -> None:
    """Save the part; None takes it out."""
    draft.version += 1
    draft.saved_at = now
    content = {name: saved for name, saved in draft.content.items() if name != part}
    if typed is not None:
        content[part] = {"version": draft.version, "typed": dict(typed)}
    draft.content = content


def put_if_new(
    draft: Draft, part: str, typed: Mapping[str, str], *, seen: Seen, now: datetime
) -> bool:
    """Save the part where it is otherwise than it was; whether it was.

    Raises `DraftMoved` where it was saved since the page was shown, with other content.
    """
    if typed == draft.typed.get(part, {}):
        return False
    if seen.draft_id in {None, draft.id} and draft.version_of(part) > seen.version:
        raise DraftMoved
    put(draft, part, typed, now)
    return True


def fill(draft: Draft, content: Mapping[str, Mapping[str, str]]) -> None:
    """Let the draft hold this, by part, and nothing of before."""
    draft.version += 1
    draft.content = {
        part: {"version": draft.version, "typed": typed} for part, typed in content.items()
    }


def kept_since(now: datetime) -> datetime:
    """Drafts that were saved after this are kept still."""
    return now - timedelta(days=current_policy().drafts.kept_days)


@dataclass(frozen=True, kw_only=True, repr=False)
class OnDraft:
    """What somebody has typed of a kind of request, beside the request that is open already."""

    draft: Draft | None
    #: The request of this kind that has not ended.
    open_request: Request | None

    @property
    def corrects(self) -> Request | None:
        """The returned request that this draft corrects."""
        if self.draft is None or self.draft.request_id is None:
            return None
        return self.open_request

    @property
    def content(self) -> Mapping[str, Mapping[str, str]]:
        """What was typed, by part."""
        return self.draft.typed if self.draft else {}

    @property
    def idempotency_key(self) -> str:
        """The key under which it is sent; nothing is under that of a draft which is not there."""
        return self.draft.idempotency_key if self.draft else "not-sent-yet"

    @property
    def seen(self) -> Seen:
        """What a page that shows this carries, for a later save to compare."""
        return Seen(self.draft.id, self.draft.version) if self.draft else Seen()


def fitting(draft: Draft | None, request: Request | None) -> Draft | None:
    """The draft, unless it corrects what does not wait for this correction any more."""
    if draft is None or draft.request_id is None:
        return draft
    waits = request is not None and request.status == Status.RETURNED
    same = request is not None and (draft.request_id, draft.round) == (request.id, request.round)
    return draft if waits and same else None


async def to_write(
    session: AsyncSession, practitioner_id: UUID, kind: Kind, *, now: datetime
) -> tuple[Draft, Request | None]:
    """This person's draft of this kind, locked, and the returned request that it corrects.

    Raises `RequestIsOpen` where what is written could not be sent: a request of this kind is open
    and this is not its correction.
    """
    request = await open_request(session, practitioner_id, kind)
    return await draft_beside(session, practitioner_id, kind, request, now=now), request


async def draft_beside(
    session: AsyncSession, owner_id: UUID, kind: Kind, request: Request | None, *, now: datetime
) -> Draft:
    """The same of whoever the draft belongs to, whose open ``request`` of this kind is known."""
    if request is not None and request.status != Status.RETURNED:
        raise RequestIsOpen(request.tracking_code)
    draft = await begin_draft(session, owner_id, kind, since=kept_since(now), now=now)
    if fitting(draft, request) is None:
        draft.request_id = draft.round = None
        draft.content, draft.version = {}, draft.version + 1
        await end_address_codes(session, draft.id, now=now)
    if request is not None and draft.request_id is None:
        raise RequestIsOpen(request.tracking_code)  # it is corrected first, or withdrawn
    return draft
