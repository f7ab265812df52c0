"""Where an e-mail about a request stands."""

from enum import StrEnum


class LetterStatus(StrEnum):
    """Where a letter stands."""

    #: To be sent, now or at ``next_attempt_at``.
    QUEUED = "queued"
    #: The mail server took it; ``server_reply`` is what it said.
    SENT = "sent"
    #: It will never be sent; ``server_reply`` or ``not_sent_reason`` says why.
    FAILED = "failed"
    #: It is not wanted any more (``not_sent_reason``), for example a superseded link's.
    SKIPPED = "skipped"
