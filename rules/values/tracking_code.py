"""Tracking codes: short, quotable on the phone, not guessable.

``K7Q2-M9XD``: eight symbols of Crockford's Base32, 40 random bits. Its alphabet has 0 and 1 but no
O, I, L or U; whoever reads or hears O for 0, or I or L for 1, still arrives at the right code.
"""

import re

from rules.errors import WrongUsage
from rules.values.as_typed import compact, hidden_character, say_hidden

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BYTES = 5
_BITS = 5
_HALF = 4
_FORM = re.compile(f"[{ALPHABET}]{{8}}")
#: No more of a wrong text is looked at.
_LOOKED_AT = 1_000
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


class NotATrackingCode(WrongUsage):
    """The text is not a tracking code, however it is read."""

    def __init__(self, typed: str = "") -> None:
        said = "this is not a tracking code; one looks like K7Q2-M9XD"
        super().__init__(said + say_hidden(typed))
        #: The code point of a character in it that nobody sees, or None.
        self.hidden = hidden_character(typed[:_LOOKED_AT])


def make_tracking_code(random_bytes: bytes) -> str:
    """The code that the first `RANDOM_BYTES` random bytes spell; same bytes, same code.

    The caller passes bytes from `secrets`: whoever can guess them can guess the code. Raises
    ValueError for fewer bytes.
    """
    if len(random_bytes) < RANDOM_BYTES:
        raise ValueError(f"a tracking code takes {RANDOM_BYTES} random bytes")
    bits = int.from_bytes(random_bytes[:RANDOM_BYTES])
    symbols = [ALPHABET[bits >> shift & 31] for shift in range(35, -1, -_BITS)]
    return _with_dash("".join(symbols))


def parse_tracking_code(text: str) -> str:
    """The canonical code for what a person typed; raises `NotATrackingCode`.

    Lower case, a missing dash, the letters O, I and L, and all that `rules.values.as_typed` knows
    are understood: our own e-mails print the code inside invisible isolates.
    """
    symbols = compact(text).upper().translate(_MISREAD)
    if _FORM.fullmatch(symbols) is None:
        raise NotATrackingCode(symbols)
    return _with_dash(symbols)


def _with_dash(symbols: str) -> str:
    return f"{symbols[:_HALF]}-{symbols[_HALF:]}"
