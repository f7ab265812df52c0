"""What has to be ticked of a request, and whether an officer has ticked all of it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.registry import kind_of
from desk.policy import current_policy
from models.officers import Officer
from models.requests import Request
from models.ticks import add_ticks
from rules.errors import Refused
from rules.findings.doubts import Doubt
from rules.requests.documents import placed
from rules.requests.ticks import to_tick


class NotAllTicked(Refused):
    """The officer has not ticked all that had to be looked at; ``missing`` says what is left."""

    def __init__(self, tracking_code: str, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(
            f"request {tracking_code} is approved once these are ticked: {', '.join(missing)}"
        )


def what_to_tick(request: Request) -> tuple[str, ...]:
    """The names of what must be looked at in a valid request; nothing where policy asks for none.

    The same for as long as the round lasts.
    """
    if not current_policy().review.approve_needs_ticks:
        return ()
    kind = kind_of(request)
    return to_tick(
        kind.correctable(request),
        kind.documents(request),
        request.review_reasons,
        map(Doubt.from_json, request.normalised.get("warnings", ())),
    )


def in_a_line(request: Request) -> tuple[str, ...]:
    """What of it a line of several cases shows, and its one box ticks: all but documents."""
    places = {place for place, _ in placed(kind_of(request).documents(request))}
    return tuple(each for each in what_to_tick(request) if each not in places)


def not_all_ticked(
    request: Request, ticked: Collection[str], *, documents: bool
) -> NotAllTicked | None:
    """The refusal where an officer who has ticked just these lacks some; else None.

    Whether ``documents`` must be ticked, too.
    """
    wanted = what_to_tick(request) if documents else in_a_line(request)
    missing = [each for each in wanted if each not in ticked]
    return NotAllTicked(request.tracking_code, missing) if missing else None


async def tick_document(
    session: AsyncSession, request: Request, upload_id: str, officer: Officer, *, now: datetime
) -> None:
    """Whoever has read this document has looked at it; in the caller's transaction."""
    places = [
        place
        for place, document in placed(kind_of(request).documents(request))
        if document.upload_id == upload_id
    ]
    wanted = set(what_to_tick(request)).intersection(places)
    await add_ticks(session, request, officer.user_name, wanted, now=now)
