"""What a token of a request's link is good for, as its page shows it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.registry import kind_of
from desk.kinds.shown_changes import ShownChange
from desk.requests.undoing import can_undo
from models.links import ActivationLink, LinkPurpose
from models.requests import Request
from rules.requests.statuses import Status


class LinkState(StrEnum):
    """What a token that somebody holds is good for."""

    #: No link has this token.
    UNKNOWN = "unknown"
    #: It can be used now.
    USABLE = "usable"
    #: Its time has passed; while the request is open, a new one can be asked for.
    EXPIRED = "expired"
    #: A newer letter carries the link to use.
    SUPERSEDED = "superseded"
    #: It was pressed, and what it brings is held so that the address on file can stop it.
    HELD = "held"
    #: It has been used, by whoever holds it: what it was for is done.
    USED = "used"
    #: What it could have stopped is in force, and it can take that back.
    UNDOABLE = "undoable"
    #: It has taken back what was in force.
    UNDONE = "undone"
    #: The request is closed without it: withdrawn, stopped or expired.
    CLOSED = "closed"


@dataclass(frozen=True, repr=False)
class LinkView:
    """What a page may show to whoever holds the token."""

    state: LinkState
    purpose: LinkPurpose | None = None
    kind: str | None = None
    tracking_code: str | None = None
    reference_number: str | None = None
    #: Where the request stands: why a closed one is closed.
    status: Status | None = None
    language: str = "ar"
    expires_at: datetime | None = None
    held_until: datetime | None = None
    #: Whether a new link can be asked for.
    can_resend: bool = False
    #: What will change; empty unless the link activates and can be used now.
    changes: tuple[ShownChange, ...] = ()


async def view_of(
    session: AsyncSession, link: ActivationLink, request: Request, *, now: datetime
) -> LinkView:
    """What the link's page shows at this instant."""
    activates = link.purpose == LinkPurpose.ACTIVATE
    waits = request.status == Status.AWAITING_ACTIVATION
    state = _state(link, request, now=now)
    if not activates and request.status == Status.ACTIVATED:
        if link.used_at is not None:
            state = LinkState.UNDONE
        elif await can_undo(session, request, now=now):
            state = LinkState.UNDOABLE
    changes: tuple[ShownChange, ...] = ()
    if activates and state is LinkState.USABLE:
        changes = await kind_of(request).shown_changes(session, request)
    return LinkView(
        state=state,
        purpose=LinkPurpose(link.purpose),
        kind=request.kind,
        tracking_code=request.tracking_code,
        reference_number=request.reference_number,
        status=Status(request.status),
        language=request.language,
        expires_at=link.expires_at,
        held_until=request.held_until,
        can_resend=waits and activates and request.held_until is None,
        changes=changes,
    )


def _state(link: ActivationLink, request: Request, *, now: datetime) -> LinkState:
    # Whoever opens an older letter after the newest one was used has what they came for.
    activates = link.purpose == LinkPurpose.ACTIVATE
    if link.used_at is not None or (activates and request.status == Status.ACTIVATED):
        return LinkState.USED
    if request.status != Status.AWAITING_ACTIVATION:
        return LinkState.CLOSED
    if activates and request.held_until is not None:
        return LinkState.HELD
    if link.superseded_at is not None:
        return LinkState.SUPERSEDED
    if link.expires_at <= now:
        return LinkState.EXPIRED
    return LinkState.USABLE
