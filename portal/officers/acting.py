"""What an officer may do with a case now, said before the work."""

from datetime import datetime
from enum import StrEnum

from desk.cases.case import Case
from rules.requests.statuses import Status
from rules.requests.verdicts import Verdict


class Hand(StrEnum):
    """How a case stands to the officer who looks at it."""

    #: It is not at the review gate.
    CLOSED = "closed"
    #: Another officer works on it.
    ANOTHERS = "anothers"
    #: It is decided, and its officer can still take that back.
    LANDING = "landing"
    #: This officer has approved it; it waits for another one.
    APPROVED = "approved"
    #: Nobody works on it.
    FREE = "free"
    MINE = "mine"


def hand_of(case: Case, officer: str, now: datetime) -> Hand:
    """How the case stands to this officer; a press asks again, in its own transaction."""
    if case.progress.request.status != Status.UNDER_REVIEW:
        return Hand.CLOSED
    if case.put_down is not None:
        return Hand.LANDING
    approved = (one for one in case.round.decisions if one.verdict is Verdict.APPROVE)
    if officer in {one.officer for one in approved}:
        return Hand.APPROVED
    holder = case.gate.holder(now)
    if holder is None:
        return Hand.FREE
    return Hand.MINE if holder == officer else Hand.ANOTHERS
