"""Sets of requests for the steps that take many at once."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from desk.requests.submission import accept
from models.database import transaction
from models.request_sets import requests_of
from models.requests import Request
from rules.requests.statuses import Kind
from support.people import Applicant, contact_change, register_applicant
from support.requests import NOW


async def submitted(
    count: int = 1,
    *,
    kind: Kind = Kind.PROFILE_UPDATE,
    wish: Callable[..., dict[str, Any]] = contact_change,
    people: Sequence[Applicant] = (),
) -> list[UUID]:
    """So many requests of as many people, by their ids; of contact details nobody has to look."""
    applicants = people or [await register_applicant() for _ in range(count)]
    ids = []
    for applicant in applicants:
        number = applicant.registration_number
        asked = wish(registration_number=number, idempotency_key=number)
        ids.append((await accept(kind, asked, now=NOW)).id)
    return sorted(ids)


async def rows(ids: Sequence[UUID]) -> list[Request]:
    """These requests as they stand, in this order."""
    async with transaction() as session:
        found = {row.id: row for row in await requests_of(session, ids)}
    return [found[each] for each in ids]
