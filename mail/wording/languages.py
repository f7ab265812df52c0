"""The languages of the letters, and what our own codes are called in them."""

from enum import StrEnum

from rules.requests.statuses import Kind


class Language(StrEnum):
    """A language that every letter is written in."""

    AR = "ar"
    EN = "en"

    @property
    def other(self) -> "Language":
        """The one that stands below the divider when this one is preferred."""
        return Language.EN if self is Language.AR else Language.AR

    @property
    def direction(self) -> str:
        """``rtl`` or ``ltr``."""
        return "rtl" if self is Language.AR else "ltr"


def say_kind(kind: str, language: Language) -> str:
    """What the person asked for, to be said after "your" (Arabic: after ``طلب``)."""
    return Kind(kind).words.in_(language)
