"""What the two links in a reminder, which stop reminders or confirm a profile, can do."""

from enum import StrEnum


class ReminderLinkState(StrEnum):
    """What one of the links can do now."""

    USABLE = "usable"
    #: The address gets no reminders; or the profile was confirmed since the letter was written.
    DONE = "done"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
