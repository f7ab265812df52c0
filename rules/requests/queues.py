"""Which queues of the review desk a request under review is in, and who may be given it next.

`models.queues` says the same in SQL; a test holds the two together on rows of every state.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class DeskPlace(StrEnum):
    """Where a request under review stands at the desk. Exactly one at a time."""

    #: Nobody works on it.
    TO_TAKE = "to_take"
    #: A first officer has approved it, and nobody works on it as the second.
    SECOND_OFFICER = "second_officer"
    #: An officer works on it.
    CLAIMED = "claimed"
    #: An officer put it aside until a day that has not come.
    HELD = "held"
    #: An officer has decided, and can still take it back.
    LANDING = "landing"


class Queue(StrEnum):
    """A list of the desk."""

    #: Claimed by the officer who asks.
    MINE = "mine"
    TO_TAKE = "to_take"
    SECOND_OFFICER = "second_officer"
    HELD = "held"
    #: Due by now, wherever it stands.
    LATE = "late"
    #: Everything under review, but for what is landing.
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class AtTheDesk:
    """What is known of a request under review that decides where it stands."""

    due_at: datetime
    claimed_by: str | None = None
    claim_until: datetime | None = None
    #: Whoever has left the house works on nothing.
    is_holder_active: bool = True
    #: Nor does whoever is away on this day.
    is_holder_away: bool = False
    #: The day on which it comes back, where an officer put it aside in this round.
    held_until: datetime | None = None
    approvals_needed: int = 1
    #: Who has approved it in this round.
    approved_by: frozenset[str] = frozenset()
    #: Who has passed it on, and on which day (Riyadh).
    skipped: frozenset[tuple[str, date]] = frozenset()
    #: Whether an officer's decision waits to land.
    decision_waits: bool = False
    #: The officer whose own request it is, where it is one's.
    own_of: str | None = None


def is_claimed(state: AtTheDesk, now: datetime) -> bool:
    """Whether somebody works on it: a claim is a lease, and ends by itself."""
    return (
        state.claimed_by is not None
        and state.is_holder_active
        and not state.is_holder_away
        and state.claim_until is not None
        and now < state.claim_until
    )


def place_of(state: AtTheDesk, now: datetime) -> DeskPlace:
    """Where it stands."""
    if state.decision_waits:
        return DeskPlace.LANDING
    if state.held_until is not None and now < state.held_until:
        return DeskPlace.HELD
    if is_claimed(state, now):
        return DeskPlace.CLAIMED
    return DeskPlace.SECOND_OFFICER if state.approved_by else DeskPlace.TO_TAKE


def queues_of(state: AtTheDesk, officer: str, now: datetime) -> frozenset[Queue]:
    """The queues that it is in, for this officer; none while a decision on it is landing."""
    place = place_of(state, now)
    if place is DeskPlace.LANDING:
        return frozenset()
    found = {
        Queue.MINE: place is DeskPlace.CLAIMED and state.claimed_by == officer,
        Queue.TO_TAKE: place is DeskPlace.TO_TAKE,
        Queue.SECOND_OFFICER: place is DeskPlace.SECOND_OFFICER,
        Queue.HELD: place is DeskPlace.HELD,
        Queue.LATE: state.due_at <= now,
        Queue.ALL: True,
    }
    return frozenset(queue for queue, is_in in found.items() if is_in)


def may_be_next(state: AtTheDesk, officer: str, now: datetime, today: date) -> bool:
    """Whether *Next* may give it to this officer on this day (Riyadh).

    Nobody is given their own request, one that they have approved already, or one that they have
    passed on the same day.
    """
    return (
        place_of(state, now) in {DeskPlace.TO_TAKE, DeskPlace.SECOND_OFFICER}
        and officer not in state.approved_by
        and (officer, today) not in state.skipped
        and state.own_of != officer
    )
