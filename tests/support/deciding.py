"""Requests at the gate, each of somebody new, for one officer to decide."""

from models.database import transaction
from models.official_register import OfficialEntry
from models.requests import find_request
from support.people import NOURA, official_record, register_applicant, specialty_change
from support.requests import NOW, request_at_gate


async def at_gate(**changes: str) -> str:
    """A request that changes just this, or else a specialty; its tracking code.

    An identity number is the official register's, too.
    """
    if number := changes.get("identity_number"):
        async with transaction() as session:
            if await session.get(OfficialEntry, number) is None:
                session.add(official_record(NOURA | {"identity_number": number}))
    applicant = (await register_applicant()).registration_number
    wish = specialty_change(
        NOW.date(), registration_number=applicant, idempotency_key=applicant
    ) | ({"changes": changes} if changes else {})
    code = await request_at_gate(wish)
    async with transaction() as session:
        (await find_request(session, code, lock=True)).approvals_needed = 1
    return code
