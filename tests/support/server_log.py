"""What a server that is at peace does not write."""

import re
from collections import Counter
from pathlib import Path

_ERROR = re.compile(r"\|\s*(?:ERROR|CRITICAL)\s*\|(.*)")
_VARYING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
#: An error that comes so often is one that repeats.
_TIMES = 3


def repeated_errors(log: Path) -> list[str]:
    """The errors in Prefect's log that come again and again, each once; ids and numbers apart."""
    found: Counter[str] = Counter()
    for each in (log.with_name(log.name + ".previous"), log):
        if each.exists():
            lines = _ERROR.findall(each.read_text(errors="replace"))
            found.update(_VARYING.sub("N", line).strip() for line in lines)
    return [line for line, times in found.items() if times >= _TIMES]
