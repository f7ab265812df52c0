"""Text of one direction inside text of the other, without either disturbing the other.

A reference such as ``MPU-1447-000012-9`` inside an Arabic sentence would be shown in pieces and
reordered. An isolate keeps it whole (Unicode UAX #9): markup in HTML, invisible characters in
plain text and in subjects.
"""

import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from typing import Any

from markupsafe import Markup, escape


class Direction(StrEnum):
    """The direction of an isolated piece."""

    LTR = "ltr"
    RTL = "rtl"
    #: That of its first letter.
    AUTO = "auto"


_OPEN = {Direction.LTR: "\u2066", Direction.RTL: "\u2067", Direction.AUTO: "\u2068"}
_CLOSE = "\u2069"
#: Format characters that belong to the spelling of words: the non-joiner and the joiner.
_SPELLING = frozenset("\u200c\u200d")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_LINE_BREAK = re.compile("\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def clean(text: str) -> str:
    """The text without control, bidi and other invisible characters; line breaks become LF.

    Whoever wrote the text cannot close an isolate, override a direction or smuggle a NUL.
    Cleaning a clean text changes nothing.
    """
    if text.isprintable():
        return text
    lines = _LINE_BREAK.sub("\n", text).replace("\t", " ").split("\n")
    return "\n".join("".join(filter(_visible, line)) for line in lines)


def one_line(value: object) -> str:
    """The value, cleaned, with every white space folded to one blank."""
    return " ".join(clean(str(value)).split())


def clean_facts(value: Any) -> Any:
    """The value with every text in it cleaned, in tuples and dataclasses too."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, tuple):
        return tuple(map(clean_facts, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{f.name: clean_facts(getattr(value, f.name)) for f in fields(value)}
        )
    return value


def isolate_text(value: object, direction: Direction = Direction.AUTO) -> str:
    """The value as one line of plain text inside an isolate."""
    return f"{_OPEN[direction]}{one_line(value)}{_CLOSE}"


def isolate_html(value: object, direction: Direction = Direction.AUTO) -> Markup:
    """The value as one line, escaped, inside a ``bdi`` element."""
    return Markup('<bdi dir="{}">{}</bdi>').format(direction.value, escape(one_line(value)))


def _visible(character: str) -> bool:
    return character in _SPELLING or unicodedata.category(character) not in _INVISIBLE
