"""What operations do with accounts: make an officer's, list them, end sessions, reset factors."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.asking import send_link
from desk.accounts.letters import queue_change
from desk.accounts.owners import owner_of
from desk.policy import current_policy
from models.accounts.accounts import (
    Account,
    account_of_officer,
    claim_mailbox,
    existing_account,
    list_accounts,
    lock_account,
    roles_of,
    set_roles,
)
from models.accounts.factors import drop_factors, factors_of
from models.accounts.half_sign_ins import end_halves
from models.accounts.links import supersede_links
from models.accounts.sessions import count_open_sessions, end_sessions
from models.database import transaction
from models.officers import find_officer
from models.practitioners import find_practitioner
from rules.accounts.kinds import AccountChange, AccountKind, Factor, Role, SessionEnd
from rules.errors import Conflict, NotFound
from rules.findings.problems import ValueRefused
from rules.register.fields import Field
from rules.requests.field_values import normalised_value
from rules.values.email_address import mailbox_of
from rules.values.registration_number import clean_registration_number
from rules.values.user_name import read_user_name

logger = logging.getLogger("mumaris.accounts")


class AccountUnknown(NotFound):
    """No account is this practitioner's or officer's."""


class MailboxTaken(Conflict):
    """Another account signs in by this address."""


class NoLinkSent(Conflict):
    """No link was sent: no address is known, or as many links can be used as policy allows."""


@dataclass(frozen=True, kw_only=True)
class AccountStanding:
    """An account as operations see it: nobody's name, address or number but the registration's."""

    kind: AccountKind
    #: A practitioner's registration number, or an officer's user name.
    whose: str
    roles: tuple[Role, ...]
    has_password: bool
    #: What is asked for beside it.
    factors: tuple[Factor, ...]
    made_at: datetime
    #: Sessions that nobody has ended; policy may say that they are over.
    sessions: int


async def make_officer(
    user_name: str, roles: Collection[Role], *, email: str | None = None, now: datetime
) -> AccountStanding:
    """An account for this officer, with these roles and no others. Repeated, it is the same.

    With an address the officer signs in by it, and is sent a link that sets the first password.
    Raises `models.officers.OfficerUnknown`, `MailboxTaken`, and `ValueRefused` for what is no
    address.
    """
    mailbox = None if email is None else _mailbox(email)
    async with transaction() as session:
        officer = await find_officer(session, user_name)
        account = await account_of_officer(session, officer.user_name, now=now)
        await set_roles(session, account.id, roles)
        if mailbox is not None and not await claim_mailbox(session, account.id, mailbox):
            raise MailboxTaken
        if mailbox is not None and account.password_hash is None:
            await send_link(session, account, await owner_of(session, account), now=now)
        return await _standing(session, account, officer.user_name)


async def invite(whose: str, *, now: datetime) -> None:
    """Send this officer, or practitioner, a link that sets a password.

    Raises `NoLinkSent`, and as `end_sessions_of`.
    """
    async with transaction() as session:
        account = await lock_account(session, (await _account(session, whose)).id)
        if not await send_link(session, account, await owner_of(session, account), now=now):
            raise NoLinkSent


async def reset_factors(whose: str, *, now: datetime) -> None:
    """For whoever lost everything: take off what is asked for beside the password, and that too.

    Whoever knew the password alone must not be able to set up an app of their own: the link that
    follows is what lets its owner begin anew. The sessions end; both addresses are told. Raises as
    `invite`, and then nothing is changed.
    """
    async with transaction() as session:
        account = await lock_account(session, (await _account(session, whose)).id)
        await drop_factors(session, account.id)
        account.password_hash = account.password_set_at = None
        account.version += 1
        await end_sessions(session, account.id, because=SessionEnd.OPERATIONS, now=now)
        await end_halves(session, account.id)
        await supersede_links(session, account.id, now=now)
        await queue_change(session, account, AccountChange.FACTORS_RESET, now=now)
        if not await send_link(session, account, await owner_of(session, account), now=now):
            raise NoLinkSent
        logger.warning("operations reset the factors of account %s", account.id)


async def accounts(*, kind: AccountKind | None, limit: int) -> tuple[AccountStanding, ...]:
    """The accounts, newest first."""
    async with transaction() as session:
        found = await list_accounts(session, kind=kind, limit=limit)
        return tuple(
            [
                await _standing(session, account, number or account.officer or "")
                for account, number in found
            ]
        )


async def end_sessions_of(whose: str, *, now: datetime) -> int:
    """End every session of this registration number or user name, and tell; returns how many.

    Raises `AccountUnknown` and `models.practitioners.PractitionerUnknown`.
    """
    async with transaction() as session:
        account = await _account(session, whose)
        ended = await end_sessions(session, account.id, because=SessionEnd.OPERATIONS, now=now)
        if ended:
            await queue_change(session, account, AccountChange.SESSIONS_ENDED, now=now)
        return ended


def _mailbox(typed: str) -> str:
    return mailbox_of(normalised_value(Field.EMAIL, typed, current_policy()))


async def _account(session: AsyncSession, whose: str) -> Account:
    pattern = current_policy().registration_number.pattern
    try:
        number = clean_registration_number(whose, pattern=pattern)
    except ValueRefused:
        officer = read_user_name(whose)
        found = await existing_account(session, officer=officer)
    else:
        person = await find_practitioner(session, number)
        found = await existing_account(session, practitioner_id=person.id)
    if found is None:
        raise AccountUnknown
    return found


async def _standing(session: AsyncSession, account: Account, whose: str) -> AccountStanding:
    return AccountStanding(
        kind=account.kind,
        whose=whose,
        roles=await roles_of(session, account.id),
        has_password=account.password_hash is not None,
        factors=tuple(sorted(await factors_of(session, account.id))),
        made_at=account.made_at,
        sessions=await count_open_sessions(session, account.id),
    )
