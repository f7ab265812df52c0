"""Officers who are away: who says so, when they come back, and what becomes of what they hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.requests.at_the_gate import OFFICER_AWAY
from desk.requests.claims import put_back
from models.absences import Absence, absences_ahead, absences_of_all, not_at_the_desk
from models.database import snapshot, transaction
from models.door import Actor
from models.officers import active_officers, find_officer
from models.queues import lock_claims_of
from rules.errors import Conflict
from rules.requests.absences import DaysAway, check_days
from rules.requests.statuses import ActorKind
from rules.values.dates import riyadh_day

#: Absences that a page lists; a house with more of them has another place for that.
MOST = 200


class NotAway(Conflict):
    """No absence of this officer counts on that day."""

    def __init__(self, officer: str, day: date) -> None:
        super().__init__(f"{officer} is not away on {day}")
        self.officer = officer
        self.day = day


@dataclass(frozen=True)
class OfficersDays:
    """An officer's days of absence, who said so, and whether it is one of them today."""

    officer: str
    days: DaysAway
    said_by: str
    is_now: bool


async def say_away(officer: str, days: DaysAway, *, by: str, now: datetime) -> tuple[str, ...]:
    """Note that the officer is away on these days (Riyadh), as an officer says.

    From its first day on an absence lets no claim of the officer count, whenever that was made.
    Where it begins today, what the officer holds goes back to its queues at once: returns those
    tracking codes. What they have put aside stays there until its day. Of two who say so at once
    the second is refused, as is who repeats it. Raises `NotDaysToBeAway`, `AwayAlready` and
    `OfficerUnknown`.
    """
    today = riyadh_day(now)
    async with transaction() as session:
        found = await find_officer(session, officer, lock=True)
        sayer = await find_officer(session, by)
        others = await absences_ahead(session, found.user_name, today)
        check_days(days, [other.days for other in others], today=today)
        session.add(
            Absence(
                officer=found.user_name,
                first_day=days.first,
                last_day=days.last,
                said_by=sayer.user_name,
                said_at=now,
            )
        )
        if not days.holds(today):
            return ()
        held = await lock_claims_of(session, found.user_name)
        kind = ActorKind.OFFICER if sayer is found else ActorKind.OPERATIONS
        actor = Actor(kind, found.user_name)
        return await put_back(session, held, by=actor, now=now, why=OFFICER_AWAY)


async def come_back(officer: str, *, by: str, now: datetime, day: date | None = None) -> DaysAway:
    """End the absence that holds today, or call off the one that holds that day; its days.

    From now on the officer is given requests again; nothing that was put back returns by itself.
    Raises `NotAway`, also when repeated, and `OfficerUnknown`.
    """
    today = riyadh_day(now)
    wanted = day or today
    async with transaction() as session:
        found = await find_officer(session, officer, lock=True)
        sayer = await find_officer(session, by)
        for absence in await absences_ahead(session, found.user_name, today):
            if absence.days.holds(wanted):
                absence.ended_at, absence.ended_by = now, sayer.user_name
                return absence.days
    raise NotAway(found.user_name, wanted)


async def read_absences(officer: str | None = None, *, now: datetime) -> tuple[OfficersDays, ...]:
    """This officer's absences that are not over, the earliest first; without one, those of all."""
    today = riyadh_day(now)
    async with snapshot() as session:
        rows = await _rows(session, officer, today)
    return tuple(
        OfficersDays(row.officer, row.days, row.said_by, row.days.holds(today)) for row in rows
    )


async def all_officers() -> tuple[str, ...]:
    """The user names of all active officers, by name."""
    async with snapshot() as session:
        return tuple(await active_officers(session))


async def officers_here(*, now: datetime) -> tuple[str, ...]:
    """Those of them who are not away today."""
    async with snapshot() as session:
        names = await active_officers(session)
        gone = await not_at_the_desk(session, names, riyadh_day(now))
    return tuple(name for name in names if name not in gone)


async def _rows(session: AsyncSession, officer: str | None, today: date) -> Sequence[Absence]:
    if officer is None:
        return await absences_of_all(session, today, limit=MOST)
    name = (await find_officer(session, officer)).user_name
    return await absences_ahead(session, name, today)
