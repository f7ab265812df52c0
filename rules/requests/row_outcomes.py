"""What becomes of a row of a file of submissions."""

from enum import StrEnum


class RowOutcome(StrEnum):
    """What became of a row."""

    #: It is a request now.
    ACCEPTED = "accepted"
    #: The same submission was a request before: nothing was done.
    ACCEPTED_BEFORE = "accepted_before"
    #: It would be accepted; nothing was kept.
    VALID = "valid"
    #: Its problems say what is to be put right.
    REFUSED = "refused"
    #: A fault of ours kept it from being judged. It may be handed in again.
    FAILED = "failed"
