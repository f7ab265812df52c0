"""Every kind of request, by its name."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.applicant import Applicant
from desk.kinds.card_renewal import CARD_RENEWAL
from desk.kinds.kind import KindOfRequest
from desk.kinds.of_practitioners import KindForPractitioners
from desk.kinds.profile_update import PROFILE_UPDATE
from desk.kinds.registration import REGISTRATION
from models.practitioners import practitioners_of
from models.requests import Request
from rules.requests.statuses import OF_PRACTITIONERS, Kind

KINDS: Mapping[Kind, KindOfRequest[Any]] = {
    each.kind: each for each in (PROFILE_UPDATE, CARD_RENEWAL, REGISTRATION)
}
if missing := set(Kind) - KINDS.keys():
    raise TypeError(
        f"desk.kinds.registry has no class of these kinds: {', '.join(sorted(missing))}"
    )
for each in KINDS.values():
    if isinstance(each, KindForPractitioners) != (each.kind in OF_PRACTITIONERS):
        raise TypeError(f"whether a {each.kind} names a practitioner is said in two ways")


def kind_of(request: Request) -> KindOfRequest[Any]:
    """The kind of this request."""
    return KINDS[Kind(request.kind)]


async def prepare(session: AsyncSession, requests: Sequence[Request]) -> None:
    """Before `applicant_of` and `check` of each, of whichever kind; see `KindOfRequest.prepare`."""
    for kind, alike in _by_kind(requests):
        await kind.prepare_requests(session, alike)


async def in_force_of(session: AsyncSession, requests: Sequence[Request]) -> set[UUID]:
    """Those of these requests, of whichever kind, that are in force; see `KindOfRequest`."""
    found: set[UUID] = set()
    for kind, alike in _by_kind(requests):
        found |= await kind.in_force(session, alike)
    return found


async def applicants_of(
    session: AsyncSession, requests: Sequence[Request]
) -> dict[UUID, Applicant]:
    """Whose requests these are, by the requests' ids; see `KindOfRequest.applicant_of`."""
    # Whom each kind asks for is read by one statement; the session forgets whom nobody holds.
    _people = await practitioners_of(session, [each.practitioner_id for each in requests])
    return {each.id: await kind_of(each).applicant_of(session, each) for each in requests}


def _by_kind(requests: Sequence[Request]) -> Iterator[tuple[KindOfRequest[Any], list[Request]]]:
    for kind in sorted({Kind(request.kind) for request in requests}):
        yield KINDS[kind], [request for request in requests if request.kind == kind]
