"""Texts as cells of a file that a spreadsheet opens: what begins like a formula stays a text."""

import unicodedata

#: What Excel, LibreOffice or Google take for the beginning of a formula; of full width, too.
_BEGINS = frozenset("=+-@\t\r\n＝＋－＠")
#: What nobody sees before it.
_UNSEEN = frozenset({"Cf", "Zs"})


def as_cell(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would compute it."""
    seen = text
    while seen and unicodedata.category(seen[0]) in _UNSEEN:
        seen = seen[1:]
    return f"'{text}" if seen and seen[0] in _BEGINS else text
