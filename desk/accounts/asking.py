"""Ask for the link by which a password is set. Whoever asks is always told the same."""

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.counting import count_try, tries_of_asking
from desk.accounts.letters import queue_link
from desk.accounts.owners import Owner, owned_by, owner_of
from desk.policy import current_policy
from models.accounts.accounts import Account, account_of_practitioner, find_account, lock_account
from models.accounts.links import issue_account_link, usable_links
from models.database import transaction
from models.practitioners import (
    Practitioner,
    PractitionerUnknown,
    find_practitioner,
)
from rules.accounts.identifiers import read_identifier
from rules.accounts.kinds import LinkUse
from rules.findings.problems import ValueRefused
from rules.values.identity_number import clean_any_identity_number
from rules.values.registration_number import clean_registration_number


async def ask_for_first_sign_in(
    registration_number: str,
    identity_number: str,
    network: str,
    *,
    goes_to: str | None = None,
    now: datetime,
) -> None:
    """Mail the link to the address on file, where both numbers are one person's on the register.

    ``goes_to`` is the page that follows once somebody is signed in; None for the first one.
    Whoever has a password already gets the link that sets a new one. Where as many links as policy
    says are usable, nothing is sent: they are in the mailbox, whoever asked for them. Raises
    `TooManyTries`, for the network alone.
    """
    async with transaction() as session:
        await count_try(session, tries_of_asking(network), now=now)
        person = await _on_register(session, registration_number, identity_number)
        if person is not None:
            account = await account_of_practitioner(session, person.id, now=now)
            owner = await owned_by(session, person)
            await send_link(session, account, owner, goes_to=goes_to, now=now)


async def ask_for_new_password(
    name: str, network: str, *, goes_to: str | None = None, now: datetime
) -> None:
    """Mail the link to the address on file, where an account has this name and a password.

    ``goes_to`` is as above. Raises `TooManyTries`, for the network alone.
    """
    identifier = read_identifier(name)
    async with transaction() as session:
        await count_try(session, tries_of_asking(network), now=now)
        found = await find_account(session, identifier) if identifier else None
        if found is None or _begins_elsewhere(found):
            return
        account = await lock_account(session, found.id)
        owner = await owner_of(session, account)
        await send_link(session, account, owner, goes_to=goes_to, now=now)


def _begins_elsewhere(account: Account) -> bool:
    """Whether this is somebody for the page of the first sign-in, which asks for more.

    Officers have no such page, and who signed in before lost the password by a reset.
    """
    is_first = account.password_hash is None and account.first_signed_in_at is None
    return is_first and account.officer is None


async def _on_register(
    session: AsyncSession, registration_number: str, identity_number: str
) -> Practitioner | None:
    pattern = current_policy().registration_number.pattern
    try:
        number = clean_registration_number(registration_number, pattern=pattern)
        identity = clean_any_identity_number(identity_number)
        person = await find_practitioner(session, number)
    except (ValueRefused, PractitionerUnknown):
        return None
    return person if person.identity_number == identity else None


async def send_link(
    session: AsyncSession,
    account: Account,
    owner: Owner,
    *,
    goes_to: str | None = None,
    now: datetime,
) -> bool:
    """Mail a link that sets a password, unless as many are usable as policy says.

    False where none is sent, also as no address is known. In the caller's transaction, which has
    locked the account.
    """
    policy = current_policy().accounts
    waiting = await usable_links(session, account.id, now=now)
    if waiting >= policy.links_at_once or owner.email is None:
        return False
    use = LinkUse.FIRST_SIGN_IN if account.password_hash is None else LinkUse.RESET
    expires_at = now + timedelta(minutes=policy.link_minutes)
    link = await issue_account_link(
        session, account.id, use, goes_to=goes_to, now=now, expires_at=expires_at
    )
    await queue_link(session, owner, link, now=now)
    return True
