"""What a form sends, as texts: hostile until a rule accepted them."""

from collections.abc import Collection

from fastapi import Request
from starlette.exceptions import HTTPException

#: Of one form; the longest of ours ticks each field of a profile, two lists, and every document.
_MOST_FIELDS = 100


async def texts_of(request: Request, names: Collection[str]) -> dict[str, str]:
    """The texts under these names; "" for one that is missing, or came several times.

    A body that is no form is an empty one.
    """
    try:
        async with request.form(max_files=0, max_fields=_MOST_FIELDS) as form:
            return {name: _one(form.getlist(name)) for name in names}
    except (HTTPException, ValueError):
        # ValueError: the charset is one of Python's codecs that decode nothing, or no name at all.
        return dict.fromkeys(names, "")


async def ticked_in(request: Request, name: str) -> frozenset[str]:
    """What is ticked of the boxes that share this name; of no form nothing."""
    try:
        async with request.form(max_files=0, max_fields=_MOST_FIELDS) as form:
            return frozenset(value for value in form.getlist(name) if isinstance(value, str))
    except (HTTPException, ValueError):
        return frozenset()


def _one(values: Collection[object]) -> str:
    (value,) = values if len(values) == 1 else ("",)
    # A browser ends lines with CR LF, also where a box has one line and somebody pasted two.
    return value if isinstance(value, str) else ""
