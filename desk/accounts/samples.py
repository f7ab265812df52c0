"""Accounts of people who are invented: for an installation that is there to be tried out."""

from collections.abc import Collection
from datetime import datetime

from pyotp import TOTP

from desk.accounts.authenticator import app_to_confirm, begin_app, confirm
from desk.accounts.hashing import hash_password
from desk.accounts.owners import owned_by
from models.accounts.accounts import (
    account_of_officer,
    account_of_practitioner,
    claim_mailbox,
    lock_account,
    set_roles,
)
from models.database import transaction
from models.officers import find_officer
from models.practitioners import find_practitioner
from rules.accounts.kinds import Role
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


async def give_desk(
    user_name: str, roles: Collection[Role], email: str, password: str, *, now: datetime
) -> tuple[str, ...]:
    """Let this officer sign in by the address with this password and one of the codes returned.

    Each code works once. The app that is set up with them is nobody's. No e-mail asks or tells, so
    it is for invented officers alone. Repeated, the new password and codes take the place of those
    before. Raises `models.officers.OfficerUnknown`.
    """
    kept = await hash_password(password)
    async with transaction() as session:
        officer = await find_officer(session, user_name)
        account = await account_of_officer(session, officer.user_name, now=now)
        await set_roles(session, account.id, roles)
        account.password_hash, account.password_set_at = kept, now
        account.version += 1
        await claim_mailbox(session, account.id, mailbox_of(email))
    await begin_app(account.id, now=now)
    shown = await app_to_confirm(account.id, user_name, issuer="", now=now)
    code = "" if shown is None else TOTP(shown.secret).at(now)
    async with transaction() as session:
        await lock_account(session, account.id)
        return await confirm(session, account.id, code, now=now)
