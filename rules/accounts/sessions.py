"""How long a session lives, and which browser it is in words."""

import re
from datetime import datetime, timedelta

from rules.accounts.kinds import AccountKind
from rules.policy.accounts import AccountPolicy

#: Longer headers are not looked at.
_LONGEST_AGENT = 400
#: What the command says it is, in the place of a browser.
COMMAND = "mumaris"
#: The first that stands in the header is meant: later ones claim to be like those before.
_BROWSERS = (
    (COMMAND, "mumaris"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def end_of_session(
    *, began_at: datetime, seen_at: datetime, kind: AccountKind, policy: AccountPolicy
) -> datetime:
    """The first instant at which the session is over: idle for too long, or too old."""
    hours = policy.officer_session_hours if kind is AccountKind.OFFICER else policy.session_hours
    idle = seen_at + timedelta(minutes=policy.session_idle_minutes)
    return min(idle, began_at + timedelta(hours=hours))


def browser_in_words(agent: str) -> str:
    """The browser and the system that a header names, as their makers call them; or nothing.

    Only names of ours leave here: the header is a stranger's text.
    """
    agent = agent[:_LONGEST_AGENT]
    found = [
        next((name for mark, name in known if re.search(rf"\b{mark}\b", agent)), "")
        for known in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(filter(None, found))
