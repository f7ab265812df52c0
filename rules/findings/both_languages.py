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
