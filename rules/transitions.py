"""The one transition table: which status may follow which, and by whom.

`models.door` is the only code that moves a request, and it asks here first.
"""

from collections.abc import Mapping

from rules.errors import MumarisError
from rules.statuses import ActorKind, Status

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
    (Status.AWAITING_ACTIVATION, Status.WITHDRAWN): frozenset(
        {ActorKind.OPERATIONS, ActorKind.OLD_ADDRESS}
    ),
}


class TransitionRefused(MumarisError):
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
    if by not in TRANSITIONS.get((from_, to), frozenset()):
        raise TransitionRefused(tracking_code, from_, to, by)
