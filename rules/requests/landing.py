"""When a decision that can be taken back lands, and how it may end."""

from datetime import datetime
from enum import StrEnum


class Landing(StrEnum):
    """How a decision that waited has ended. Those behind the first two say why it was refused."""

    LANDED = "landed"
    TAKEN_BACK = "taken_back"
    #: The applicant has withdrawn the request.
    NOT_AT_THE_GATE = "not_at_the_gate"
    #: The request brings something else than the officer was shown.
    CHANGED_SINCE_REVIEW = "changed_since_review"
    #: The rules forbid the approval by now.
    NOT_APPROVABLE = "not_approvable"
    OFFICER_NOT_ACTIVE = "officer_not_active"
    OWN_REQUEST = "own_request"
    #: By another check of the decision.
    REFUSED = "refused"


#: It was refused when it was to land: nothing is decided.
NOT_LANDED = frozenset(Landing) - {Landing.LANDED, Landing.TAKEN_BACK}


def is_due(put_down_at: datetime, lands_at: datetime, now: datetime) -> bool:
    """Whether the decision is to land at this instant.

    Also where the clock stands further before the moment at which it was put down than it was to
    wait: then it was set back, and no decision waits for more than twice its time.
    `models.waiting_decisions` says the same in SQL.
    """
    return lands_at <= now or now < put_down_at - (lands_at - put_down_at)
