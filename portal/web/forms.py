"""Reading what a page's form sends."""

from fastapi import Request
from starlette.exceptions import HTTPException

_MOST_FIELDS = 4


async def field_of(request: Request, name: str) -> str | None:
    """The one text of this name in the body; None where it has none, several, or is no form."""
    try:
        async with request.form(max_files=0, max_fields=_MOST_FIELDS) as form:
            values = form.getlist(name)
    except (HTTPException, ValueError):
        # ValueError: the charset is one of Python's codecs that decode nothing, or no name at all.
        return None
    value = values[0] if len(values) == 1 else None
    return value if isinstance(value, str) else None
