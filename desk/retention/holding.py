"""Placing and lifting holds."""

from datetime import datetime
from uuid import UUID

from desk.policy import current_policy
from models.database import snapshot, transaction
from models.officers import find_officer
from models.practitioners import find_practitioner
from models.requests import find_request
from models.retention.holds import Hold, HoldOn, place_hold, standing_hold, standing_holds
from rules.errors import Refused
from rules.values.registration_number import clean_registration_number
from rules.values.text import clean_note
from rules.values.tracking_code import parse_tracking_code

#: The longest reason of a hold.
WHY_LENGTH = 500


class HoldNeedsReason(Refused):
    """A hold needs a reason: whoever lifts it must know what it waits for."""


async def hold_person(registration_number: str, *, reason: str, by: str, now: datetime) -> UUID:
    """Keep all that is held about this person from now on; each call is a hold of its own.

    Raises `ValueRefused`, `HoldNeedsReason`, `PractitionerUnknown`, `OfficerUnknown`.
    """
    pattern = current_policy().registration_number.pattern
    number = clean_registration_number(registration_number, pattern=pattern)
    why = _reason(reason)
    async with transaction() as session:
        officer = await find_officer(session, by)
        person = await find_practitioner(session, number)
        hold = Hold(
            practitioner_id=person.id, reason=why, placed_at=now, placed_by=officer.user_name
        )
        await place_hold(session, hold, owner_id=person.id)
    return hold.id


async def hold_request(tracking_code: str, *, reason: str, by: str, now: datetime) -> UUID:
    """Keep this request with what hangs on it from now on; each call is a hold of its own.

    Raises `NotATrackingCode`, `HoldNeedsReason`, `RequestUnknown`, `OfficerUnknown`.
    """
    code = parse_tracking_code(tracking_code)
    why = _reason(reason)
    async with transaction() as session:
        officer = await find_officer(session, by)
        request = await find_request(session, code)
        hold = Hold(request_id=request.id, reason=why, placed_at=now, placed_by=officer.user_name)
        await place_hold(session, hold, owner_id=request.practitioner_id)
    return hold.id


async def lift(hold_id: UUID, *, by: str, now: datetime) -> None:
    """Let policy remove again what this hold covered, unless another one covers it.

    Raises `models.retention.holds.HoldUnknown` for one that was lifted, and `OfficerUnknown`.
    """
    async with transaction() as session:
        officer = await find_officer(session, by)
        hold = await standing_hold(session, hold_id)
        hold.lifted_at, hold.lifted_by = now, officer.user_name


async def holds(*, limit: int) -> list[HoldOn]:
    """The holds that stand, oldest first."""
    async with snapshot() as session:
        return await standing_holds(session, limit=limit)


def _reason(text: str) -> str:
    said = clean_note(text, max_length=WHY_LENGTH)
    if said is None:
        raise HoldNeedsReason
    return said
