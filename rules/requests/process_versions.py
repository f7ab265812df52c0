"""The versions of each kind's process: a request keeps the number that it began under.

A request is carried for days, and steps change meanwhile. Whoever changes what a step means adds a
line here, and has the step ask ``request.process_version``: what began before goes on as it began.
The line and the branch go when no request can be open that began under the version before
(docs/decisions/0090).
"""

from collections.abc import Mapping

from rules.errors import Unavailable
from rules.requests.statuses import Kind

#: Of every kind.
_FIRST = "as 1.0.0 carries it"
#: By kind, what the second number changed, the third, and so on.
_LATER: Mapping[Kind, tuple[str, ...]] = {}
#: By kind, what each number means, from 1.
MEANINGS: Mapping[Kind, tuple[str, ...]] = {kind: (_FIRST, *_LATER.get(kind, ())) for kind in Kind}


class ProcessOfLaterVersion(Unavailable):
    """A later version of this program knows how the request goes on; its worker carries it."""

    def __init__(self, tracking_code: str, began_under: int, known: int) -> None:
        super().__init__(
            f"request {tracking_code} began under version {began_under} of its process, and this "
            f"program knows {known} at most: a worker of the later version carries it"
        )


def current_version(kind: Kind) -> int:
    """The number that a request of this kind begins under now."""
    return len(MEANINGS[kind])


def check_known(tracking_code: str, kind: Kind, began_under: int) -> None:
    """Raise `ProcessOfLaterVersion` where a later version than ours began it.

    While a new version takes over from an old one, workers of both take runs.
    """
    known = current_version(kind)
    if began_under > known:
        raise ProcessOfLaterVersion(tracking_code, began_under, known)
