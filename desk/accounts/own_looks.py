"""Who looked at one's own details: the lines of the access log as their person reads them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.access_log import AccessLine, Looked, Viewer, looks_at
from models.database import transaction

#: Lines of one page.
MOST = 50


@dataclass(frozen=True, kw_only=True)
class OwnLook:
    """One look at somebody's details: the role of whoever looked, and nobody's name."""

    #: What older ones are asked for by.
    number: int
    at: datetime
    viewer: Viewer
    what: Looked
    page: int | None
    #: The request that it was for.
    tracking_code: str | None


async def looks_at_own(practitioner_id: UUID, *, before: int | None) -> tuple[OwnLook, ...]:
    """The looks at this person's details, newest first, `MOST` at most; those before a number.

    Left out is the name of whoever looked, which is the authority's to give, and the words in which
    an officer said why: they may speak of a suspicion. Both stay in the log.
    """
    async with transaction() as session:
        found = await looks_at(session, practitioner_id, limit=MOST, before=before)
    return tuple(_own(line, code) for line, code in found)


def _own(line: AccessLine, code: str | None) -> OwnLook:
    return OwnLook(
        number=line.id or 0,
        at=line.at,
        viewer=line.viewer_kind,
        what=line.what,
        page=line.page,
        tracking_code=code,
    )
