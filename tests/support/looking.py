"""Looks of the house: at a case, at a card."""

from datetime import datetime

from desk.cases.case import Case, read_case
from desk.looks import Looker, note_look
from models.access_log import Looked
from models.database import transaction
from models.practitioners import find_practitioner
from support.requests import NOW

OPERATIONS = Looker.operations("ops")


async def looked_at(tracking_code: str) -> Case:
    """The case, as somebody of operations sees it."""
    return await read_case(tracking_code, by=OPERATIONS, now=NOW)


async def look_at_card(number: str, by: str, *, at: datetime) -> None:
    """An officer looks at this person's card: a line of the access log."""
    async with transaction() as session:
        person = await find_practitioner(session, number)
        await note_look(
            session, Looked.CARD, by=Looker.officer(by), now=at, practitioner_id=person.id
        )
