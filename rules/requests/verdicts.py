"""What an officer says at the gate, and by which way it came."""

from enum import StrEnum


class Verdict(StrEnum):
    """What an officer can say at the gate."""

    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"


class Origin(StrEnum):
    """Where a decision came from."""

    COMMAND = "command"
    PYTHON = "python"
    PREFECT_FORM = "prefect_form"
    #: The review desk's page, by the officer who is signed in.
    DESK_PAGE = "desk_page"
    #: The same, of several clean cases in one press.
    DESK_LIST = "desk_list"
    #: Another system, with the token of the officer who decided there.
    API = "api"
