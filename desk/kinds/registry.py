"""Every kind of request, by its name."""

from collections.abc import Mapping
from typing import Any

from desk.kinds.card_renewal import CARD_RENEWAL
from desk.kinds.kind import KindOfRequest
from desk.kinds.of_practitioners import KindForPractitioners
from desk.kinds.profile_update import PROFILE_UPDATE
from models.requests import Request
from rules.requests.statuses import OF_PRACTITIONERS, Kind

KINDS: Mapping[Kind, KindOfRequest[Any]] = {
    each.kind: each for each in (PROFILE_UPDATE, CARD_RENEWAL)
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
