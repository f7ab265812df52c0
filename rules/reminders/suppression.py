"""Why somebody gets no more reminders."""

from enum import StrEnum


class Why(StrEnum):
    """Why an address gets no more letters of a kind."""

    #: Whoever reads it asked for no more.
    UNSUBSCRIBED = "unsubscribed"
    #: A mail server refused it for good, at once or by a later report.
    BOUNCED = "bounced"
    #: Whoever reads it called a letter of ours unwanted.
    COMPLAINED = "complained"
    #: Whoever reads it asked for no more, by telephone or at a counter.
    ASKED = "asked"
    #: Whom it belonged to has died.
    DECEASED = "deceased"


#: What people wish; only they, or whoever speaks for them, take it back.
WISHES = frozenset({Why.UNSUBSCRIBED, Why.COMPLAINED, Why.ASKED, Why.DECEASED})
