"""The code of a card: what its picture leads to, and what proves that somebody was shown it."""

import re
from base64 import urlsafe_b64encode

from rules.errors import WrongUsage

#: Nobody finds one by trying: 128 bits.
CODE_BYTES = 16
#: The code alone, or the address that a telephone reads from the picture.
_FORM = re.compile(r"(?:https?://[^\s?#]{1,200}/c/)?([A-Za-z0-9_-]{22})", re.ASCII)


class NotACardCode(WrongUsage):
    """A card's code has 22 letters, digits, dashes and underscores."""


def write_card_code(secret: bytes) -> str:
    """The code as it stands in addresses."""
    return urlsafe_b64encode(secret).decode().rstrip("=")


def parse_card_code(typed: str) -> str:
    """The code that was sent, or the one in the address that was; raises `NotACardCode`."""
    found = _FORM.fullmatch(typed)
    if found is None:
        raise NotACardCode
    return found[1]
