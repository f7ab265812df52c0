"""Whose a document is: a practitioner, by the registration number however it was typed."""

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.documents.faults import UploadRefused
from desk.policy import current_policy
from models.practitioners import Practitioner, find_practitioner
from rules.findings.problems import ValueRefused
from rules.values.registration_number import clean_registration_number


async def owner_of(session: AsyncSession, typed: str, *, lock: bool = False) -> Practitioner:
    """The practitioner with this registration number, with dashes or in any digits.

    With ``lock`` nobody else sends a file of this person until the transaction ends. Raises
    `UploadRefused` for what is no number, `models.practitioners.PractitionerUnknown`.
    """
    pattern = current_policy().registration_number.pattern
    try:
        number = clean_registration_number(typed, pattern=pattern)
    except ValueRefused as refused:
        raise UploadRefused([refused.about("registration_number")]) from None
    return await find_practitioner(session, number, lock=lock)
