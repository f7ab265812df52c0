"""What a policy file says of itself: which of its values nobody knows to be the authority's."""

import re

_ASSUMED = re.compile(r"#.*\bassumed\b")
_TABLE = re.compile(r"\s*\[")


def assumed_in(text: str) -> tuple[int, ...]:
    """The numbers of the lines of a policy file whose comment says "assumed", from 1.

    A comment before the first table speaks of the whole file, and is none of them.
    """
    lines = list(enumerate(text.splitlines(), start=1))
    begins = next((number for number, line in lines if _TABLE.match(line)), len(lines) + 1)
    return tuple(number for number, line in lines if number > begins and _ASSUMED.search(line))
