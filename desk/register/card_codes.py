"""A card's code: given with the first print, replaced or withdrawn by an officer, opened to print.

Kept as a hash, by which it is found, and sealed by the documents' master keys, so that the same
card can be printed again (docs/decisions/0088).
"""

import os
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.looks import Looker, note_look
from desk.register.cards import practitioner_of_number
from documents.keys import DocumentKey
from documents.settings import document_settings
from models.access_log import Looked
from models.accounts.wrapped_secrets import card_code_wrapped_as
from models.card_codes import (
    CardCode,
    CardCodeUnknown,
    CodeEnd,
    code_that_counts,
    end_code,
    last_code,
    next_number,
)
from models.cards import find_card
from models.database import transaction
from models.documents.wrapped_keys import share_master_keys
from models.links import hash_token
from rules.errors import Refused
from rules.values.card_code import CODE_BYTES, write_card_code


class CardCodeWithdrawn(Refused):
    """This card's code was taken back: an officer gives it another (`mumaris card reissue`)."""


async def reissue_code(registration_number: str, *, officer: str, now: datetime) -> int:
    """Give the card a new code, and end the one before as replaced; returns the new one's number.

    What was printed with the one before says so from now on. Repeated, it is another new code; of
    two at once the second replaces the first one's. A line of the access log. Raises
    `models.practitioners.PractitionerUnknown`, `models.cards.CardUnknown`, `ValueRefused`, and as
    `documents.settings.DocumentSettings.master_keys`.
    """
    async with transaction() as session:
        card_id = await _locked_card(session, registration_number, officer=officer, now=now)
        await end_code(session, card_id, because=CodeEnd.REPLACED, by=officer, now=now)
        return (await _give(session, card_id, now=now)).number


async def withdraw_code(registration_number: str, *, officer: str, now: datetime) -> None:
    """End the card's code without another one: it is not printed until there is one again.

    A line of the access log. Raises as `reissue_code`, and `CardCodeUnknown` where no code counts:
    repeated, too.
    """
    async with transaction() as session:
        card_id = await _locked_card(session, registration_number, officer=officer, now=now)
        if not await end_code(session, card_id, because=CodeEnd.WITHDRAWN, by=officer, now=now):
            raise CardCodeUnknown


async def make_sure_of_code(practitioner_id: UUID, *, now: datetime) -> None:
    """Give this person's card its first code, where it never had one; of two at once, one does.

    Raises `models.cards.CardUnknown`, `CardCodeWithdrawn`.
    """
    async with transaction() as session:
        card = await find_card(session, practitioner_id)
        last = await last_code(session, card.id)
        if last is None:
            await find_card(session, practitioner_id, lock=True)
            last = await last_code(session, card.id) or await _give(session, card.id, now=now)
        if last.ended_because is CodeEnd.WITHDRAWN:
            raise CardCodeWithdrawn


async def open_code(session: AsyncSession, card_id: UUID) -> str:
    """The code that counts; raises `CardCodeWithdrawn` for none, and as `MasterKeys.unwrap`."""
    code = await code_that_counts(session, card_id)
    if code is None:
        raise CardCodeWithdrawn
    keys = document_settings().master_keys()
    return write_card_code(keys.unwrap(code.secret, card_code_wrapped_as(code.id)).secret)


async def _locked_card(
    session: AsyncSession, registration_number: str, *, officer: str, now: datetime
) -> UUID:
    who = await practitioner_of_number(session, registration_number)
    card = await find_card(session, who.id, lock=True)
    by = Looker.officer(officer)
    await note_look(session, Looked.CARD, by=by, now=now, practitioner_id=who.id)
    return card.id


async def _give(session: AsyncSession, card_id: UUID, *, now: datetime) -> CardCode:
    secret, code_id = os.urandom(CODE_BYTES), uuid4()
    await share_master_keys(session)
    keys = document_settings().master_keys()
    code = CardCode(
        id=code_id,
        card_id=card_id,
        number=await next_number(session, card_id),
        code_hash=hash_token(write_card_code(secret)),
        secret=keys.wrap(DocumentKey(secret), card_code_wrapped_as(code_id)),
        made_at=now,
    )
    session.add(code)
    return code
