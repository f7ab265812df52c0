"""The one transition table: which status may follow which, and by whom.

`models.door` is the only code that moves a request, and it asks here first. Sets of statuses are
derived from the table, and SQL is written from the sets.
"""

from collections.abc import Mapping

from rules.errors import Conflict
from rules.requests.statuses import ActorKind, Status

_WITHDRAWABLE = frozenset({ActorKind.APPLICANT, ActorKind.OPERATIONS})

TRANSITIONS: Mapping[tuple[Status, Status], frozenset[ActorKind]] = {
    (Status.SUBMITTED, Status.UNDER_REVIEW): frozenset({ActorKind.PIPELINE}),
    (Status.SUBMITTED, Status.APPROVED): frozenset({ActorKind.PIPELINE}),
    (Status.SUBMITTED, Status.RETURNED): frozenset({ActorKind.PIPELINE}),
    (Status.SUBMITTED, Status.WITHDRAWN): _WITHDRAWABLE,
    (Status.UNDER_REVIEW, Status.APPROVED): frozenset({ActorKind.OFFICER}),
    (Status.UNDER_REVIEW, Status.RETURNED): frozenset({ActorKind.OFFICER}),
    (Status.UNDER_REVIEW, Status.REJECTED): frozenset({ActorKind.OFFICER}),
    (Status.UNDER_REVIEW, Status.WITHDRAWN): _WITHDRAWABLE,
    (Status.RETURNED, Status.SUBMITTED): frozenset({ActorKind.APPLICANT}),
    (Status.RETURNED, Status.WITHDRAWN): _WITHDRAWABLE,
    (Status.RETURNED, Status.EXPIRED): frozenset({ActorKind.CLOCK}),
    (Status.APPROVED, Status.AWAITING_ACTIVATION): frozenset({ActorKind.PIPELINE}),
    (Status.APPROVED, Status.AWAITING_PAYMENT): frozenset({ActorKind.PIPELINE}),
    (Status.APPROVED, Status.WITHDRAWN): frozenset({ActorKind.OPERATIONS}),
    (Status.AWAITING_PAYMENT, Status.PAID): frozenset({ActorKind.PAYMENT}),
    (Status.AWAITING_PAYMENT, Status.EXPIRED): frozenset({ActorKind.CLOCK}),
    (Status.AWAITING_PAYMENT, Status.WITHDRAWN): frozenset({ActorKind.OPERATIONS}),
    (Status.PAID, Status.AWAITING_ACTIVATION): frozenset({ActorKind.PIPELINE}),
    (Status.PAID, Status.WITHDRAWN): frozenset({ActorKind.OPERATIONS}),
    (Status.AWAITING_ACTIVATION, Status.ACTIVATED): frozenset({ActorKind.APPLICANT}),
    (Status.AWAITING_ACTIVATION, Status.EXPIRED): frozenset({ActorKind.CLOCK}),
    # The applicant: to write it anew with another address (`desk.drafts.readdressing`).
    (Status.AWAITING_ACTIVATION, Status.WITHDRAWN): frozenset(
        {ActorKind.APPLICANT, ActorKind.OPERATIONS, ActorKind.OLD_ADDRESS}
    ),
}


def _reachable(start: Status) -> frozenset[Status]:
    """Where a request that stands here can come to, by any number of changes."""
    found: set[Status] = set()
    ahead = {to for from_, to in TRANSITIONS if from_ is start}
    while ahead:
        found |= ahead
        ahead = {to for from_, to in TRANSITIONS if from_ in ahead} - found
    return frozenset(found)


#: Nothing can move the request any more. In the order of `Status`, as all of these.
FINAL = tuple(status for status in Status if not _reachable(status))
#: Something still can.
OPEN = tuple(status for status in Status if _reachable(status))
#: The gate may still open.
BEFORE_APPROVAL = tuple(status for status in Status if Status.APPROVED in _reachable(status))
#: The applicant has to do something, or time closes the request.
WAITS_FOR_APPLICANT = tuple(
    status for status in Status if ActorKind.CLOCK in TRANSITIONS.get((status, Status.EXPIRED), ())
)
#: The pipeline moves the request on: nobody is waited for.
PIPELINE_S = tuple(
    status
    for status in Status
    if any(from_ is status and ActorKind.PIPELINE in by for (from_, _), by in TRANSITIONS.items())
)


def may(by: ActorKind, from_: Status, to: Status) -> bool:
    """Whether the table lets this actor make the change."""
    return by in TRANSITIONS.get((from_, to), frozenset())


class TransitionRefused(Conflict):
    """The request stands where this change cannot be made, or not by this actor."""

    def __init__(self, tracking_code: str, from_: Status, to: Status, by: ActorKind) -> None:
        super().__init__(
            f"request {tracking_code} is {from_}; {by} cannot make it {to}",
        )
        self.tracking_code = tracking_code
        self.from_ = from_
        self.to = to
        self.by = by


def check_transition(tracking_code: str, from_: Status, to: Status, by: ActorKind) -> None:
    """Accept the change, or raise `TransitionRefused` naming both statuses and the actor."""
    if not may(by, from_, to):
        raise TransitionRefused(tracking_code, from_, to, by)
