"""What names a document in an address or a form."""

import re

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


def is_id(text: str) -> bool:
    """Whether this can be a document's id at all; anything else need not be looked up."""
    return _ID.fullmatch(text) is not None
