"""Money in minor units with its currency; no floating point comes near it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from rules.errors import Broken, Misconfigured, WrongUsage
from rules.values.as_typed import plain, say_hidden

_ARABIC_NAMES: Mapping[str, str] = {"SAR": "ر.س"}
_MINOR_IN_MAJOR = 100
_ARABIC_POINT = "\u066b"
_FORM = re.compile(r"([0-9]{1,9})(?:\.([0-9]{2}))?")


class CurrencyUnknown(Misconfigured):
    """No name and no number of minor units is known for this currency."""

    def __init__(self, currency: str) -> None:
        super().__init__(f"currency {currency} is not known; known: {', '.join(_ARABIC_NAMES)}")
        self.currency = currency


class CurrenciesDiffer(Broken):
    """Amounts in two currencies have no sum."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} cannot be added to {other}")
        self.one = one
        self.other = other


class NotAnAmount(WrongUsage):
    """The text is not an amount of money."""

    def __init__(self, typed: str = "") -> None:
        said = "this is not an amount; one looks like 160.00 or 160"
        super().__init__(said + say_hidden(typed))


@dataclass(frozen=True)
class Money:
    """An amount from 0 up; raises `CurrencyUnknown`, and ValueError below 0.

    ``Money(16000, "SAR")`` is 160 riyals.
    """

    #: Hundredths of the currency: halalas of the riyal.
    minor: int
    #: ISO 4217, such as ``SAR``.
    currency: str

    def __post_init__(self) -> None:
        """Refuse what is no amount."""
        if self.currency not in _ARABIC_NAMES:
            raise CurrencyUnknown(self.currency)
        if self.minor < 0:
            raise ValueError("an amount of money is 0 or more")

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise CurrenciesDiffer(other.currency, self.currency)
        return Money(self.minor + other.minor, self.currency)

    def times(self, number: int) -> "Money":
        """So many times this amount."""
        return Money(self.minor * number, self.currency)

    def formatted(self, language: Literal["ar", "en"]) -> str:
        """``160.00 ر.س`` or ``160.00 SAR``; Western digits in both, as on bills."""
        major, minor = divmod(self.minor, _MINOR_IN_MAJOR)
        name = _ARABIC_NAMES[self.currency] if language == "ar" else self.currency
        return f"{major}.{minor:02} {name}"

    def to_json(self) -> dict[str, Any]:
        """The amount as a JSON object."""
        return {"minor": self.minor, "currency": self.currency}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The amount that `to_json` wrote."""
        return cls(stored["minor"], stored["currency"])


class AmountInBoth(str):  # noqa: SLOT000 - it carries its amount
    """An amount that a sentence says in its own language: ``{amount:ar}``, ``{amount:en}``."""

    def __new__(cls, amount: Money) -> Self:
        """The amount, in English where no language is named."""
        made = super().__new__(cls, amount.formatted("en"))
        made._amount = amount
        return made

    _amount: Money

    def __format__(self, language: str) -> str:
        """``160.00 ر.س`` or ``160.00 SAR``."""
        return self._amount.formatted("ar" if language == "ar" else "en")


def parse_money(text: str, *, currency: str) -> Money:
    """The amount that was typed, such as ``160`` or ``160.00``; see `rules.values.as_typed`.

    Raises `NotAnAmount` for a sign, a comma, one or three decimals; `CurrencyUnknown`.
    """
    typed = plain(text).replace(_ARABIC_POINT, ".")
    found = _FORM.fullmatch(typed)
    if found is None:
        raise NotAnAmount(typed)
    return Money(int(found[1]) * _MINOR_IN_MAJOR + int(found[2] or 0), currency)
