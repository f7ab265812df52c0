"""E-mails that are owed."""

from sqlmodel import col, select

from desk.clock import utc_now
from desk.requests.submission import accept
from models.database import transaction
from models.letters import Letter
from rules.requests.statuses import Kind
from support.people import contact_change, register_applicant


async def owe() -> Letter:
    """One letter that is due: a request has been received."""
    applicant = await register_applicant()
    wish = contact_change(
        registration_number=applicant.registration_number,
        idempotency_key=f"smtp-{applicant.registration_number}",
    )
    request = await accept(Kind.PROFILE_UPDATE, wish, now=utc_now())
    async with transaction() as session:
        query = select(Letter).where(col(Letter.request_id) == request.id)
        return (await session.exec(query)).one()
