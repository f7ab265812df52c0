"""Whether all that is held about a person may be removed because somebody asks for it.

What a law or a purpose still needs is kept, and the reason is said: the card in force, a request
that is open or whose time of keeping is not over, what a court may ask for
(docs/decisions/0089).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from rules.keeping import Keeping, Subject
from rules.policy.policy import Policy
from rules.register.card import CardStatus
from rules.values.dates import riyadh_day


class Duty(StrEnum):
    """Why somebody's data are kept."""

    REQUEST_OPEN = "request_open"
    REQUEST_KEPT = "request_kept"
    CARD_IN_FORCE = "card_in_force"
    HELD = "held"
    AT_THE_DESK = "at_the_desk"


_WORDS: Mapping[Duty, str] = {
    Duty.REQUEST_OPEN: "a request is open, or its run has not ended",
    Duty.REQUEST_KEPT: "what a request asked for is kept",
    Duty.CARD_IN_FORCE: "the card is in force",
    Duty.HELD: "a hold stands",
    Duty.AT_THE_DESK: "the person works at the desk",
}


@dataclass(frozen=True)
class KeptBecause:
    """One reason, and the last day on which it stands, where that is known."""

    why: Duty
    until: date | None = None

    def __str__(self) -> str:
        """In words, for whoever asked."""
        return _WORDS[self.why] + (f" until {self.until}" if self.until else "")


@dataclass(frozen=True, kw_only=True)
class DutyFacts:
    """What of somebody may stand against removing it."""

    #: Requests that are open, or that a run still carries.
    open_requests: int
    #: When the last request ended that still holds what was asked for.
    last_ended_at: datetime | None
    card_status: CardStatus | None
    card_expires_on: date | None
    #: Holds on the person, on a request or on a document's request.
    holds: int
    #: Whether an account of the desk is this person's, and is active.
    is_officer: bool


def kept_days(policy: Policy) -> Keeping:
    """For how long what a request asked for is kept, whoever asks: a certificate names it."""
    return Keeping(
        Subject.PERSON,
        "requests_days",
        policy.retention.requests_days,
        "the last request ended",
    )


def reasons_to_keep(standing: DutyFacts, policy: Policy, now: datetime) -> tuple[KeptBecause, ...]:
    """All of them; none where everything about the person may go."""
    found = []
    if standing.open_requests:
        found.append(KeptBecause(Duty.REQUEST_OPEN))
    ended = standing.last_ended_at
    kept = kept_days(policy)
    if ended is not None and ended >= kept.older_than(now):
        until = riyadh_day(ended + timedelta(days=kept.days))
        found.append(KeptBecause(Duty.REQUEST_KEPT, until))
    if _is_in_force(standing, riyadh_day(now)):
        found.append(KeptBecause(Duty.CARD_IN_FORCE, standing.card_expires_on))
    if standing.holds:
        found.append(KeptBecause(Duty.HELD))
    if standing.is_officer:
        found.append(KeptBecause(Duty.AT_THE_DESK))
    return tuple(found)


def _is_in_force(standing: DutyFacts, today: date) -> bool:
    """A suspended card may come back; one that was revoked never does."""
    expires_on = standing.card_expires_on
    is_gone = standing.card_status in {None, CardStatus.REVOKED}
    return expires_on is not None and expires_on >= today and not is_gone
