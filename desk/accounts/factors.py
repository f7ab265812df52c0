"""What somebody asks for beside their password: set up, taken off, and told of by e-mail."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.authenticator import confirm, new_recovery_codes
from desk.accounts.letters import queue_change
from desk.accounts.second_step import HalfWayOver, finish, locked_half
from desk.accounts.signed_in import SignedIn
from desk.accounts.signing_in import Browser, Tokens
from models.accounts.accounts import Account, lock_account
from models.accounts.factors import (
    AuthenticatorApp,
    drop_app,
    drop_factors,
    factors_of,
    recovery_codes_left,
)
from models.accounts.half_sign_ins import end_halves
from models.accounts.sessions import end_sessions
from models.database import transaction
from rules.accounts.kinds import AccountChange, AccountKind, Factor, Proof, SessionEnd
from rules.errors import Conflict


class LastFactorStays(Conflict):
    """An officer's account needs something beside the password: set up another one first."""


class NothingBesidePassword(Conflict):
    """Recovery codes stand in for an app or a passkey, and this account has neither."""


@dataclass(frozen=True, kw_only=True)
class ShownFactors:
    """What an account has beside its password, as its owner is shown it."""

    factors: frozenset[Factor]
    #: When the authenticator app was set up.
    app_since: datetime | None
    codes_left: int


async def factors_shown(account_id: UUID) -> ShownFactors:
    """What this account has beside its password."""
    async with transaction() as session:
        app = await session.get(AuthenticatorApp, account_id)
        return ShownFactors(
            factors=await factors_of(session, account_id),
            app_since=app.confirmed_at if app else None,
            codes_left=await recovery_codes_left(session, account_id),
        )


async def confirm_app(whose: SignedIn, typed: str, *, now: datetime) -> tuple[str, ...]:
    """Set the app up by its first code; returns new recovery codes, which are shown once.

    The other sessions end. Raises `desk.accounts.authenticator.AppNotConfirmed`.
    """
    async with transaction() as session:
        account = await lock_account(session, whose.account_id)
        codes = await confirm(session, account.id, typed, now=now)
        but = whose.session_id
        await factor_changed(session, account, AccountChange.APP_ADDED, but=but, now=now)
        return codes


async def remove_app(whose: SignedIn, *, now: datetime) -> None:
    """Take the app off; the other sessions end. Repeated, it is the same.

    Raises `LastFactorStays`.
    """
    async with transaction() as session:
        account = await lock_account(session, whose.account_id)
        if await drop_app(session, account.id):
            but = whose.session_id
            await factor_changed(session, account, AccountChange.APP_REMOVED, but=but, now=now)


async def renew_codes(whose: SignedIn, *, now: datetime) -> tuple[str, ...]:
    """New recovery codes in the place of those before, shown once.

    Raises `NothingBesidePassword`.
    """
    async with transaction() as session:
        account = await lock_account(session, whose.account_id)
        if not await factors_of(session, account.id):
            raise NothingBesidePassword
        codes = await new_recovery_codes(session, account.id, now=now)
        await queue_change(session, account, AccountChange.CODES_RENEWED, now=now)
        return codes


async def finish_with_app(
    token: str, typed: str, browser: Browser, *, now: datetime
) -> tuple[Tokens, tuple[str, ...]]:
    """Set up the first app of an officer who is half way; returns the session, and the codes.

    Raises `desk.accounts.second_step.HalfWayOver`, also where something was set up meanwhile, and
    `desk.accounts.authenticator.AppNotConfirmed`.
    """
    async with transaction() as session:
        half = await locked_half(session, token, now=now)
        if await factors_of(session, half.account_id):
            raise HalfWayOver
        account = await session.get_one(Account, half.account_id)
        codes = await confirm(session, account.id, typed, now=now)
        await factor_changed(session, account, AccountChange.APP_ADDED, but=None, now=now)
        return await finish(session, half, browser, proof=Proof.TOTP, now=now), codes


async def factor_changed(
    session: AsyncSession,
    account: Account,
    change: AccountChange,
    *,
    but: UUID | None,
    now: datetime,
) -> None:
    """After a factor came or went: end the sessions ``but`` this one, and tell the owner.

    Without any factor the codes that were written down go too. In the caller's transaction, which
    has locked the account. Raises `LastFactorStays`.
    """
    if not await factors_of(session, account.id):
        if account.kind is AccountKind.OFFICER:
            raise LastFactorStays
        await drop_factors(session, account.id)
    because = SessionEnd.FACTOR_CHANGED
    await end_sessions(session, account.id, because=because, now=now, but=but)
    await end_halves(session, account.id)
    await queue_change(session, account, change, now=now)
