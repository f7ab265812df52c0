"""How a subscription stands."""

from enum import StrEnum


class SubscriptionState(StrEnum):
    """Whether its webhooks leave."""

    ACTIVE = "active"
    #: Somebody paused it: what happens is kept for it, and leaves when it is resumed.
    PAUSED = "paused"
    #: Its receiver said that it is gone (410): as paused, until somebody resumes it.
    GONE = "gone"
