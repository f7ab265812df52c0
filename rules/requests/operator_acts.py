"""What operators do by hand, each with a reason that is kept."""

from enum import StrEnum


class OperatorAct(StrEnum):
    """One sort of act."""

    #: E-mails about requests that failed or came back.
    SEND_AGAIN = "send_again"
    #: Reminders that failed.
    REMIND_AGAIN = "remind_again"
    #: What an officer holds, or what those hold who have left.
    RELEASE_CLAIMS = "release_claims"
    #: Another run in the place of one that does not come on.
    RESTART_RUN = "restart_run"
