"""The access log as auditors and supervisors read it: who looked at whose details, and when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.clock import day_begins
from desk.looks import Looker, note_look
from models.access_log import AccessLine, LinesOf, Looked, Viewer, lines_of_log
from models.database import patiently, snapshot
from models.practitioners import find_practitioner
from rules.values.user_name import read_user_name

#: Lines of one page.
MOST = 50


@dataclass(frozen=True, kw_only=True)
class Sought:
    """Which lines are wanted; None for all."""

    #: In its canonical form.
    registration_number: str | None = None
    #: A user name, also of somebody who has left.
    officer: str | None = None
    #: In Riyadh.
    day: date | None = None


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """One look: who, when, at what and of whom; nobody's name."""

    #: What older ones are asked for by.
    number: int
    at: datetime
    viewer_kind: Viewer
    #: The user name or login; None for the practitioner.
    viewer: str | None
    what: Looked
    #: None for somebody not on the register yet, and for nobody in particular.
    registration_number: str | None
    tracking_code: str | None
    page: int | None
    #: An officer's words; of a search, by what (`rules.requests.searched.By`).
    why: str | None


@patiently
async def read_access_log(
    sought: Sought, auditor: str, *, now: datetime, before: int | None = None
) -> tuple[LogLine, ...]:
    """The lines, newest first, `MOST` at most; those before a number.

    That somebody looked at the log is a line of it, about the person whose lines were wanted; it is
    written after they were read. Repeated, it is another look. Raises
    `models.practitioners.PractitionerUnknown` and `models.officers.OfficerUnknown`.
    """
    async with snapshot() as session:
        person = await _whose(session, sought.registration_number)
        wanted = LinesOf(
            practitioner_id=person,
            viewer=read_user_name(sought.officer) if sought.officer else None,
            since=day_begins(sought.day) if sought.day else None,
            until=day_begins(sought.day + timedelta(days=1)) if sought.day else None,
        )
        found = await lines_of_log(session, wanted, limit=MOST, before=before)
        by = Looker.officer(auditor)
        await note_look(session, Looked.ACCESS_LOG, by=by, now=now, practitioner_id=person)
    return tuple(_line(*one) for one in found)


async def _whose(session: AsyncSession, registration_number: str | None) -> UUID | None:
    if registration_number is None:
        return None
    return (await find_practitioner(session, registration_number)).id


def _line(row: AccessLine, registration_number: str | None, tracking_code: str | None) -> LogLine:
    return LogLine(
        number=row.id or 0,
        at=row.at,
        viewer_kind=row.viewer_kind,
        viewer=row.viewer,
        what=row.what,
        registration_number=registration_number,
        tracking_code=tracking_code,
        page=row.page,
        why=row.why,
    )
