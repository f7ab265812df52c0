"""The codes that confirm new e-mail addresses, as their e-mails would carry them."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from desk.accounts.address_codes import mint_code
from desk.drafts.addresses import (
    CodeRefused,
    NewAddress,
    confirm_address,
    new_address_of,
    send_code,
)
from desk.drafts.update import Written, look, save
from models.accounts.address_codes import AddressCode
from models.database import transaction
from models.drafts import Draft
from models.practitioners import Practitioner
from support.people import Applicant
from support.requests import NOW


async def codes_of(registration_number: str) -> list[AddressCode]:
    """All codes that were asked for, oldest first."""
    async with transaction() as session:
        query = (
            select(AddressCode)
            .join(Draft, col(Draft.id) == col(AddressCode.draft_id))
            .join(Practitioner, col(Practitioner.id) == col(Draft.practitioner_id))
            .where(col(Practitioner.registration_number) == registration_number)
            .order_by(col(AddressCode.asked_at), col(AddressCode.ended_at).nulls_last())
        )
        return list((await session.exec(query)).all())


async def code_in_use(registration_number: str) -> AddressCode:
    """The one that would confirm the draft's address."""
    (found,) = [each for each in await codes_of(registration_number) if each.ended_at is None]
    return found


async def mailed_code(registration_number: str, *, now: datetime = NOW) -> str:
    """The code that the newest e-mail carries, composed now."""
    row = await code_in_use(registration_number)
    return await mint_code(row.letter_id, now=now)


def another_code(code: str) -> str:
    """A code that this one is not."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"


async def put(person: Applicant, **typed: str) -> Written:
    """Save the contact page with these boxes changed."""
    page = await look(person.registration_number, now=NOW)
    boxes = page.boxes_of("contact") | typed
    return await save(person.registration_number, "contact", boxes, seen=page.seen, now=NOW)


async def asked(person: Applicant, email: str) -> str:
    """The code that was e-mailed to this new address."""
    await put(person, email=email)
    await send_code(person.registration_number, again=False, now=NOW)
    return await mailed_code(person.registration_number)


async def typed(person: Applicant, code: str, **when: timedelta) -> str:
    """What became of this code on the page that asks for it: "" where the address is confirmed."""
    row = await code_in_use(person.registration_number)
    try:
        await confirm_address(
            person.registration_number, row.id, code, now=NOW + when.get("after", timedelta())
        )
    except CodeRefused as refused:
        return refused.fault
    return ""


async def found(person: Applicant) -> NewAddress:
    """The new address in this person's draft."""
    standing = await new_address_of(person.registration_number, now=NOW)
    assert standing is not None
    return standing
