"""What operations do with accounts: make an officer's, list them, end somebody's sessions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.policy import current_policy
from models.accounts.accounts import (
    Account,
    account_of_officer,
    existing_account,
    list_accounts,
    roles_of,
    set_roles,
)
from models.accounts.sessions import count_open_sessions, end_sessions
from models.database import transaction
from models.officers import find_officer
from models.practitioners import find_practitioner
from rules.accounts.kinds import AccountKind, Role, SessionEnd
from rules.errors import NotFound
from rules.findings.problems import ValueRefused
from rules.values.as_typed import plain
from rules.values.registration_number import clean_registration_number


class AccountUnknown(NotFound):
    """No account is this practitioner's or officer's."""


@dataclass(frozen=True, kw_only=True)
class AccountStanding:
    """An account as operations see it: nobody's name, address or number but the registration's."""

    kind: AccountKind
    #: A practitioner's registration number, or an officer's user name.
    whose: str
    roles: tuple[Role, ...]
    has_password: bool
    made_at: datetime
    #: Sessions that nobody has ended; policy may say that they are over.
    sessions: int


async def make_officer(
    user_name: str, roles: Collection[Role], *, now: datetime
) -> AccountStanding:
    """An account for this officer, with these roles and no others. Repeated, it is the same.

    Raises `models.officers.OfficerUnknown`.
    """
    async with transaction() as session:
        officer = await find_officer(session, user_name)
        account = await account_of_officer(session, officer.user_name, now=now)
        await set_roles(session, account.id, roles)
        return await _standing(session, account, officer.user_name)


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
    """End every session of this registration number or user name; returns how many.

    Raises `AccountUnknown` and `models.practitioners.PractitionerUnknown`.
    """
    async with transaction() as session:
        account = await _account(session, whose)
        return await end_sessions(session, account.id, because=SessionEnd.OPERATIONS, now=now)


async def _account(session: AsyncSession, whose: str) -> Account:
    pattern = current_policy().registration_number.pattern
    try:
        number = clean_registration_number(whose, pattern=pattern)
    except ValueRefused:
        officer = plain(whose).lower()
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
        made_at=account.made_at,
        sessions=await count_open_sessions(session, account.id),
    )
