"""What a receiver's answer means for the webhook, and when it is tried again."""

from datetime import datetime, timedelta
from enum import StrEnum

from rules.policy.webhooks import WebhookPolicy

_GONE = 410
_TAKEN = range(200, 300)
#: A receiver that does not answer is asked again by one webhook; after so many minutes at most.
_LONGEST_REST = 60


class ReceiverSays(StrEnum):
    """What an answer says."""

    #: The receiver has it.
    TAKEN = "taken"
    #: It may be taken later: a redirect is none of ours to follow, and a 4xx may be mended there.
    LATER = "later"
    #: The receiver wants no more of them, ever.
    GONE = "gone"


def meaning_of_status(status: int) -> ReceiverSays:
    """Of the status of an answer that came whole."""
    if status in _TAKEN:
        return ReceiverSays.TAKEN
    return ReceiverSays.GONE if status == _GONE else ReceiverSays.LATER


def next_try(
    attempts: int, owed_since: datetime, now: datetime, policy: WebhookPolicy
) -> datetime | None:
    """When to try again after so many attempts; None: it is given up.

    It is given up too when it has waited for as long as all its tries would have taken: while a
    receiver is away, only one webhook at a time finds out whether it is back.
    """
    waits = policy.retry_minutes
    if attempts > len(waits) or now - owed_since >= given_up_after(policy):
        return None
    return now + timedelta(minutes=waits[max(attempts, 1) - 1])


def given_up_after(policy: WebhookPolicy) -> timedelta:
    """How long a webhook is tried."""
    return timedelta(minutes=sum(policy.retry_minutes))


def rest_after(failures: int, policy: WebhookPolicy) -> timedelta:
    """How long a receiver is left alone after so many failures in a row."""
    waits = policy.retry_minutes
    return timedelta(minutes=min(waits[min(failures, len(waits)) - 1], _LONGEST_REST))
