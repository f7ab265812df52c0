"""Reading what a page's form sends."""

from fastapi import Request
from starlette.exceptions import HTTPException

#: Sent by the button that shows the form in the other language, with what was typed.
SWITCH = "switch"
#: Of one form.
_MOST_FIELDS = 8


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


async def fields_of(request: Request, *names: str) -> dict[str, str]:
    """The texts of these names in the body; empty for one that it has not, or has several times."""
    return {name: await field_of(request, name) or "" for name in names}
