"""Officers who have ticked all that there is to tick."""

from typing import Any

from desk.requests.ticked import what_to_tick
from models.database import transaction
from models.requests import find_request
from models.ticks import add_ticks
from rules.requests.statuses import Kind
from support.requests import NOW, request_at_gate

OFFICERS = ("amal", "basim")


async def all_ticked(code: str, *officers: str) -> tuple[str, ...]:
    """These officers have looked at everything, and nobody holds it by that; the names of it."""
    async with transaction() as session:
        request = await find_request(session, code)
        wanted = what_to_tick(request)
        for officer in officers:
            await add_ticks(session, request, officer, wanted, now=NOW)
    return wanted


async def ticked_at_gate(
    submission: dict[str, Any] | None = None, *, kind: Kind = Kind.PROFILE_UPDATE
) -> str:
    """A request at the gate that both officers have ticked; its tracking code."""
    code = await request_at_gate(submission, kind=kind)
    await all_ticked(code, *OFFICERS)
    return code
