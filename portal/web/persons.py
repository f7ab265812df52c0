"""What a page asks for that only a person does: scanners of mail press buttons as well."""

from fastapi import Request

from portal.web.forms import field_of
from rules.values.tracking_code import NotATrackingCode, parse_tracking_code

#: The box beside a button, as the pages' forms send it.
_TICKED = "yes"
#: How much of the tracking code is asked for.
_END = 4


async def is_ticked(request: Request) -> bool:
    """Whether the box beside the button was ticked."""
    return await field_of(request, "sure") == _TICKED


def ends_like(typed: str, tracking_code: str) -> bool:
    """Whether this is the end of the tracking code, or all of it, however it is written."""
    for whole in (typed, tracking_code[:-_END] + typed):
        try:
            if parse_tracking_code(whole) == tracking_code:
                return True
        except NotATrackingCode:
            continue
    return False
