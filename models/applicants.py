"""The practitioners who hand in, with what is asked about each whenever a request is accepted."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, literal
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.open_requests import OPEN_REQUESTS
from models.practitioners import BY_NUMBER, Practitioner, ProfileVersion
from models.requests import Request
from models.undoing import LAST_UNDONE
from rules.requests.statuses import Kind
from rules.requests.transitions import FINAL

_LAST_UNDONE = (
    select(func.max(ProfileVersion.changed_at))
    .where(
        col(ProfileVersion.practitioner_id) == col(Practitioner.id),
        col(ProfileVersion.undoes_request_id).is_not(None),
    )
    .correlate(Practitioner)
    .scalar_subquery()
)
_OPEN = (
    select(func.jsonb_object_agg(Request.kind, Request.id))
    .where(col(Request.practitioner_id) == col(Practitioner.id), col(Request.status).not_in(FINAL))
    .correlate(Practitioner)
    .scalar_subquery()
)


async def ask_applicants_ahead(session: AsyncSession, numbers: Collection[str]) -> set[UUID]:
    """Ask at once about the practitioners with these canonical numbers; the ids of those there are.

    Who they are, when a change of theirs was taken back last, and what of theirs is open: the
    answers of `BY_NUMBER`, `LAST_UNDONE` and `OPEN_REQUESTS`, by one statement instead of three.
    """
    listed = any_(literal(list(numbers), ARRAY(Text)))
    query = select(Practitioner, _LAST_UNDONE, _OPEN).where(
        col(Practitioner.registration_number) == listed
    )
    people: dict[str, Practitioner | None] = dict.fromkeys(numbers)
    for person, last_undone, opened in (await session.exec(query)).all():
        people[person.registration_number] = person
        LAST_UNDONE.know(session, {person.id: last_undone})
        OPEN_REQUESTS.know(session, _by_kind(person.id, opened or {}))
    BY_NUMBER.know(session, people)
    return {person.id for person in people.values() if person is not None}


def _by_kind(
    practitioner_id: UUID, opened: Mapping[str, str]
) -> dict[tuple[UUID, Kind], UUID | None]:
    return {
        (practitioner_id, kind): UUID(opened[kind]) if kind in opened else None for kind in Kind
    }
