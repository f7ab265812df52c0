"""What an officer who searches may have typed: a text can be several things at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules.errors import WrongUsage
from rules.findings.problems import ValueRefused
from rules.requests.reference_number import NotAReferenceNumber, parse_reference
from rules.values.email_address import clean_email, mailbox_of
from rules.values.identity_number import clean_any_identity_number
from rules.values.name_words import name_words
from rules.values.registration_number import clean_registration_number
from rules.values.tracking_code import NotATrackingCode, parse_tracking_code

#: Longer texts are not looked at.
LONGEST = 254
#: More are no name, and each costs the database a look.
_MOST_WORDS = 10
#: A word of fewer letters is an initial, which too many have; none of a name has more.
_FEWEST_LETTERS, _MOST_LETTERS = 2, 100


class By(StrEnum):
    """By what people are found."""

    REGISTRATION_NUMBER = "registration_number"
    IDENTITY_NUMBER = "identity_number"
    TRACKING_CODE = "tracking_code"
    REFERENCE_NUMBER = "reference_number"
    EMAIL = "email"
    #: Words of a name, Arabic or English, or their beginnings.
    NAME = "name"


class NothingToSearchFor(WrongUsage):
    """This is no number, no code, no e-mail address and no name."""


@dataclass(frozen=True, repr=False)
class Searched:
    """What was typed, as all that it can be; its `repr` shows nobody's data."""

    #: The one form in which each is on file; all but the name.
    exact: Mapping[By, str]
    #: Folded; empty where it can be no name.
    name: tuple[str, ...]

    @property
    def ways(self) -> tuple[By, ...]:
        """By what it can find somebody."""
        return (*self.exact, *((By.NAME,) if self.name else ()))


def read_search(typed: str, *, registration_pattern: str) -> Searched:
    """Everything that the text can be, with any digits and marks; raises `NothingToSearchFor`.

    Eight digits can be a registration number, a tracking code and the identity number of a Gulf
    state: all are looked for. A name has no digits and no ``@``.
    """
    if len(typed) > LONGEST:
        raise NothingToSearchFor
    readers: Mapping[By, Callable[[], str]] = {
        By.REGISTRATION_NUMBER: lambda: clean_registration_number(
            typed, pattern=registration_pattern
        ),
        By.IDENTITY_NUMBER: lambda: clean_any_identity_number(typed),
        By.TRACKING_CODE: lambda: parse_tracking_code(typed),
        By.REFERENCE_NUMBER: lambda: str(parse_reference(typed)),
        By.EMAIL: lambda: mailbox_of(clean_email(typed, allow_non_ascii_local_part=True)),
    }
    read = {by: _value(reader) for by, reader in readers.items()}
    found = Searched({by: value for by, value in read.items() if value is not None}, _name(typed))
    if not found.ways:
        raise NothingToSearchFor
    return found


def _value(reader: Callable[[], str]) -> str | None:
    try:
        return reader()
    except (ValueRefused, NotATrackingCode, NotAReferenceNumber):
        return None


def _name(typed: str) -> tuple[str, ...]:
    words = tuple(word for word in name_words(typed) if len(word) >= _FEWEST_LETTERS)
    is_name = len(words) <= _MOST_WORDS and all(len(word) <= _MOST_LETTERS for word in words)
    return words if is_name and "@" not in typed and not any(map(str.isdigit, typed)) else ()
