"""What a machine sees of a card."""

from datetime import date, datetime

from desk.accounts.machine_keys import Calling
from desk.machines.own_people import own_person
from desk.register.cards import CardFile, eligibility_of, read_card
from models.database import transaction
from rules.accounts.machines import MachineAct
from rules.card_renewal.eligibility import EligibilityLine


async def look_card_up(calling: Calling, registration_number: str, *, now: datetime) -> CardFile:
    """The card of one of its people; a line of the access log.

    Raises `NotForThisMachine`, `PractitionerUnknown`, `CardUnknown`.
    """
    return await read_card(await _own(calling, registration_number), by=calling.looker, now=now)


async def check_eligibility(
    calling: Calling, registration_number: str, on: date, *, now: datetime
) -> tuple[EligibilityLine, ...]:
    """Whether the card of one of its people may be renewed on this day; a line of the access log.

    Raises as `look_card_up`, and `ValueRefused` for days that have no Hijri date.
    """
    number = await _own(calling, registration_number)
    return await eligibility_of(number, on, by=calling.looker, now=now)


async def _own(calling: Calling, typed: str) -> str:
    calling.refuse_unless(MachineAct.LOOK_UP)
    async with transaction() as session:
        return (await own_person(session, calling, typed)).registration_number
