"""Cases as an officer looks at them."""

from desk.cases.case import Case, read_case
from desk.looks import Looker
from support.requests import NOW

OPERATIONS = Looker.operations("ops")


async def looked_at(tracking_code: str) -> Case:
    """The case, as somebody of operations sees it."""
    return await read_case(tracking_code, by=OPERATIONS, now=NOW)
