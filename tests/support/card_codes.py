"""A holder with a card whose code is known."""

from datetime import date, timedelta

from desk.register.card_codes import make_sure_of_code, open_code
from models.cards import find_card
from models.database import transaction
from models.practitioners import find_practitioner
from rules.values.dates import riyadh_day
from support.cards import register_holder
from support.people import Applicant
from support.requests import NOW

TODAY = riyadh_day(NOW)
YEAR = timedelta(days=365)


async def code_of(registration_number: str) -> str:
    """The code of this person's card; its first one where it had none."""
    async with transaction() as session:
        who = await find_practitioner(session, registration_number)
    await make_sure_of_code(who.id, now=NOW)
    async with transaction() as session:
        card = await find_card(session, who.id)
        return await open_code(session, card.id)


async def holder_with_code(expires_on: date = TODAY + YEAR) -> tuple[Applicant, str]:
    """One more person with a card, and its code."""
    holder = await register_holder(expires_on=expires_on)
    return holder, await code_of(holder.registration_number)
