"""The numbers of uploaded documents: 32 hexadecimal digits, random."""

import re

from rules.errors import WrongUsage
from rules.values.as_typed import compact, say_hidden

_FORM = re.compile("[0-9a-f]{32}")


class NotADocumentId(WrongUsage):
    """The text is not the number of an uploaded document, however it is read."""

    def __init__(self, typed: str = "") -> None:
        said = "this is not a document's number; one has 32 digits and letters from a to f"
        super().__init__(said + say_hidden(typed))


def is_document_id(text: str) -> bool:
    """Whether we can have given out this very text; a database is asked about no other."""
    return _FORM.fullmatch(text) is not None


def parse_document_id(text: str) -> str:
    """The canonical number for what a person typed; raises `NotADocumentId`.

    Capitals, and all that `rules.values.as_typed` knows, are understood.
    """
    digits = compact(text).lower()
    if _FORM.fullmatch(digits) is None:
        raise NotADocumentId(digits)
    return digits
