"""How large something may be, as people say it."""

from typing import Self

#: By what a unit is: Arabic and English.
_UNITS = ((1024**2, "ميغابايت", "MB"), (1024, "كيلوبايت", "KB"), (1, "بايت", "bytes"))


class Size(int):
    """A limit in bytes, which sentences say in the largest unit that it fills.

    ``{limit:ar}`` and ``{limit:en}`` are whole numbers, rounded down: what keeps to the number that
    is said keeps to the limit.
    """

    def __new__(cls, octets: int) -> Self:
        """The limit of so many bytes."""
        return super().__new__(cls, octets)

    def __format__(self, language: str) -> str:
        """``10 MB``; any other format than ``ar`` and ``en`` is the number's own."""
        if language not in ("ar", "en"):
            return super().__format__(language)
        octets, arabic, english = _unit(self)
        return f"{self // octets} {arabic if language == 'ar' else english}"


class SizeOfFile(Size):
    """How large something is, in the same units.

    Rounded up to a tenth: what is over a limit, which is rounded down, is said to be over it.
    """

    def __format__(self, language: str) -> str:
        """``10.1 MB``; any other format than ``ar`` and ``en`` is the number's own."""
        if language not in ("ar", "en"):
            return super().__format__(language)
        octets, arabic, english = _unit(self)
        tenths = -(-self * 10 // octets)
        whole, tenth = divmod(tenths, 10)
        number = f"{whole}.{tenth}" if tenth else f"{whole}"
        return f"{number} {arabic if language == 'ar' else english}"


def _unit(size: int) -> tuple[int, str, str]:
    return next((unit for unit in _UNITS if size >= unit[0]), _UNITS[-1])
