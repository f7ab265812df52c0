"""Plain text in lines that every mail program shows well."""

import re
from itertools import groupby

WIDTH = 72

_ISOLATE = "[\u2066-\u2068](?:[^\u2066-\u2069]|[\u2066-\u2068][^\u2066-\u2069]*\u2069)*\u2069"
#: A word, or several that an isolate holds together (one may stand inside another). A line break
#: ends an isolate (UAX #9, X8), so none may fall inside one.
_WORD = re.compile(f"(?:{_ISOLATE}|\\S)+")
_INVISIBLE = re.compile("[\u2066-\u2069]")


def wrap(text: str) -> str:
    """The text with every line wrapped, and never more than one empty line in a row.

    Indentation is kept, and what follows a ``- `` is aligned with it. Words longer than a line
    (links) stay whole.
    """
    lines = [wrapped for line in text.splitlines() for wrapped in wrap_line(line)]
    kept: list[str] = []
    for is_empty, group in groupby(lines, key=lambda line: not line):
        kept += [""] if is_empty else list(group)
    return "\n".join(kept).strip("\n")


def wrap_line(line: str) -> list[str]:
    """One line as the lines that it becomes."""
    if len(line) <= WIDTH and " ".join(line.split()) == line:
        return [line]
    words = _WORD.findall(line)
    indent = " " * (len(line) - len(line.lstrip(" ")))
    hanging = indent + "  " if words[:1] == ["-"] else indent
    lines: list[str] = []
    current = indent
    for word in words:
        candidate = f"{current} {word}" if current.strip() else current + word
        if _width(candidate) > WIDTH and current.strip():
            lines.append(current)
            candidate = hanging + word
        current = candidate
    return [*lines, current.rstrip()]


def _width(line: str) -> int:
    return len(_INVISIBLE.sub("", line))
