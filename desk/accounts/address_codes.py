"""The code that shows that somebody reads a mailbox: drawn when its e-mail is composed."""

import secrets
from datetime import datetime
from uuid import UUID

from desk.accounts.hashing import hash_password
from desk.policy import current_policy
from models.accounts.address_codes import address_code_in, keep_hash
from models.accounts.newcomer_sessions import newcomer_code_in
from models.database import transaction
from rules.accounts.mailed_codes import make_code
from rules.errors import Conflict


class CodeOver(Conflict):
    """The code that the e-mail would carry confirms nothing any more."""


async def mint_code(letter_id: UUID, *, now: datetime) -> str:
    """A new code for this e-mail, kept only as its hash; the one minted before works beside it.

    A few digits are soon guessed by whoever has a fast hash of them, so it is kept as passwords
    are. Raises `CodeOver`, and `desk.accounts.hashing.TooManySignIns`.
    """
    digits = current_policy().accounts.code_digits
    code = make_code(secrets.randbelow(10**digits), digits)
    code_hash = await hash_password(code)
    async with transaction() as session:
        of_draft = await address_code_in(session, letter_id)
        row = of_draft or await newcomer_code_in(session, letter_id)
        if row is None or row.confirmed_at is not None:
            raise CodeOver
        keep_hash(row, code_hash, now=now)
    return code
