"""What is said in Arabic and in English."""

from dataclasses import dataclass


@dataclass(frozen=True)
class InBoth:
    """The same words in both languages."""

    ar: str
    en: str

    def in_(self, language: str) -> str:
        """The words in ``ar`` or ``en``."""
        return self.ar if language == "ar" else self.en


def left_to_right(written: str) -> str:
    """The same inside isolates: in an Arabic sentence a date in digits would change its order."""
    return f"\u2066{written}\u2069"
