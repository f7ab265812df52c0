"""People whom an officer searches for, with their requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.cases.standing import Standing, standing_of
from desk.looks import Looker, note_looks
from desk.policy import current_policy
from models.access_log import Looked
from models.database import patiently, snapshot
from models.officers import find_officer
from models.people_search import newest_requests, people_found
from models.practitioners import Practitioner
from rules.requests.searched import By, Searched, read_search

#: People who are shown.
MOST = 50
#: The newest requests of each.
MOST_REQUESTS = 10


@dataclass(frozen=True, kw_only=True, repr=False)
class FoundPerson:
    """Somebody who was found: what tells one person from another, and no more."""

    registration_number: str
    name_ar: str
    name_en: str
    #: By what, the surest first.
    by: tuple[By, ...]
    #: It is who searches: an officer does not open their own requests.
    is_own: bool
    #: Newest first, `MOST_REQUESTS` at most.
    requests: tuple[Standing, ...]


@dataclass(frozen=True, kw_only=True)
class SearchAnswer:
    """What a search found."""

    people: tuple[FoundPerson, ...]
    #: More have such a name than are shown.
    is_cut: bool


@patiently
async def search(typed: str, officer: str, *, now: datetime) -> SearchAnswer:
    """Whom the text finds, `MOST` at most, as things stand at one moment.

    Each person who is shown is looked at: a line of the access log, which names by what they were
    found. A search that found nobody is a line too, with all that the text could be; what was typed
    is in neither. Repeated, it is another search. Raises
    `rules.requests.searched.NothingToSearchFor` and `models.officers.OfficerUnknown`.
    """
    pattern = current_policy().registration_number.pattern
    searched = read_search(typed, registration_pattern=pattern)
    by = Looker.officer(officer)
    async with snapshot() as session:
        own = (await find_officer(session, officer)).practitioner_id
        rows, ways = await _find(session, searched)
        shown = rows[:MOST]
        requests = await newest_requests(session, [row.id for row in shown], each=MOST_REQUESTS)
        looks: Mapping[UUID | None, tuple[By, ...]] = {row.id: ways[row.id] for row in shown}
        # A search that found nobody is about nobody.
        found_by = (looks or {None: searched.ways}).items()
        why_of = {person: " ".join(by_what) for person, by_what in found_by}
        await note_looks(session, Looked.SEARCH, by=by, now=now, why_of=why_of)
    people = tuple(
        FoundPerson(
            registration_number=row.registration_number,
            name_ar=row.name_ar,
            name_en=row.name_en,
            by=ways[row.id],
            is_own=row.id == own,
            requests=tuple(standing_of(one) for one in requests if one.practitioner_id == row.id),
        )
        for row in shown
    )
    return SearchAnswer(people=people, is_cut=len(rows) > MOST)


async def _find(
    session: AsyncSession, searched: Searched
) -> tuple[list[Practitioner], dict[UUID, tuple[By, ...]]]:
    """Those who were found, and by what each; numbers and codes before names."""
    found: dict[UUID, Practitioner] = {}
    ways: dict[UUID, tuple[By, ...]] = {}
    for by in searched.ways:
        people = await people_found(session, searched, by, limit=MOST + 1)
        for person in sorted(people, key=lambda one: one.registration_number):
            found[person.id] = person
            ways[person.id] = (*ways.get(person.id, ()), by)
    return list(found.values()), ways
