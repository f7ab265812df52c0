"""Accounts of people who are invented: for an installation that is there to be tried out."""

from collections.abc import Collection
from datetime import datetime

from desk.accounts.hashing import hash_password
from desk.accounts.owners import owned_by
from models.accounts.accounts import account_of_practitioner, claim_mailbox
from models.database import transaction
from models.practitioners import find_practitioner
from rules.values.email_address import mailbox_of


async def give_password(
    registration_numbers: Collection[str], password: str, *, now: datetime
) -> None:
    """Let these people sign in with this password; no e-mail asks or tells them.

    Whoever has one can sign in as any of them, so it is for invented people alone. Repeated, the
    new password takes the place of the one before. Raises
    `models.practitioners.PractitionerUnknown`.
    """
    kept = await hash_password(password)
    async with transaction() as session:
        for number in sorted(registration_numbers):
            person = await find_practitioner(session, number)
            owner = await owned_by(session, person)
            account = await account_of_practitioner(session, person.id, now=now)
            account.password_hash, account.password_set_at = kept, now
            account.version += 1
            if owner.email is not None and not owner.is_shared:
                await claim_mailbox(session, account.id, mailbox_of(owner.email))
