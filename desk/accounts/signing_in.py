"""Sign in with a name and a password."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.counting import count_try, tries_of, was_right
from desk.accounts.hashing import fits, hash_password, is_outdated
from desk.accounts.letters import queue_new_device
from desk.accounts.owners import has_left
from desk.policy import current_policy
from models.accounts.accounts import Account, find_account, lock_account, set_hash
from models.accounts.factors import factors_of
from models.accounts.half_sign_ins import begin_half
from models.accounts.sessions import (
    begin_session,
    end_sessions,
    find_session,
    is_known_device,
    know_device,
)
from models.database import transaction
from rules.accounts.identifiers import read_identifier
from rules.accounts.kinds import AccountKind, Proof, SessionEnd
from rules.accounts.sessions import browser_in_words
from rules.errors import Refused


class NotSignedIn(Refused):
    """No account has this name and this password; which of the two it is, nobody is told."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Browser:
    """Where somebody is who wants to sign in."""

    #: The network that it comes from, as tries are counted for it.
    network: str
    #: What it says it is.
    agent: str = ""
    #: The token by which a browser is known that has signed in before.
    device: str | None = None
    #: The token of the session that it has, which ends when the next one begins.
    session: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Tokens:
    """What a browser keeps that has signed in."""

    session: str
    device: str


@dataclass(frozen=True, repr=False)
class HalfWay:
    """The password was right, and the account asks for more: see `desk.accounts.second_step`."""

    #: What the browser keeps until then.
    token: str


async def sign_in(name: str, password: str, browser: Browser, *, now: datetime) -> Tokens | HalfWay:
    """A new session for whoever has this name and password, or half of one.

    The name is the account's e-mail address, or its owner's identity or Iqama number. Raises
    `NotSignedIn`, the same and after as long a time whatever was wrong, `TooManyTries` and
    `TooManySignIns`.
    """
    identifier = read_identifier(name)
    policy = current_policy().accounts
    async with transaction() as session:
        account = await find_account(session, identifier) if identifier else None
        known = await is_known_device(
            session,
            account.id if account else None,
            browser.device,
            since=now - timedelta(days=policy.device_days),
        )
        tries = tries_of(identifier, browser.network, device=browser.device if known else None)
        await count_try(session, tries, now=now)
    kept = account.password_hash if account else None
    if not await fits(password, kept) or account is None or kept is None:
        raise NotSignedIn
    renewed = await hash_password(password) if is_outdated(kept) else None
    async with transaction() as session:
        row = await lock_account(session, account.id)
        if row.password_hash != kept or await has_left(session, row):
            raise NotSignedIn  # or another password was set while this one was judged
        if renewed is not None:
            await set_hash(session, account.id, before=kept, password_hash=renewed)
        await was_right(session, tries)
        return await go_on(session, row, browser, now=now)


async def go_on(
    session: AsyncSession,
    account: Account,
    browser: Browser,
    *,
    proof: Proof = Proof.PASSWORD,
    now: datetime,
) -> Tokens | HalfWay:
    """One factor was right: a new session, or half of one.

    An officer's password is never enough by itself, nor that of whoever has a second factor, nor
    what a provider says in the place of one. In the caller's transaction.
    """
    if account.kind is AccountKind.OFFICER or await factors_of(session, account.id):
        return HalfWay(await begin_half(session, account.id, version=account.version, now=now))
    return await begin(session, account.id, browser, proof=proof, now=now)


async def begin(
    session: AsyncSession, account_id: UUID, browser: Browser, *, proof: Proof, now: datetime
) -> Tokens:
    """Somebody signs in: as `replace_session`; of a browser that is not known its owner is told.

    In the caller's transaction. Raises `NotSignedIn` for an officer who is no longer one.
    """
    account = await lock_account(session, account_id)
    if await has_left(session, account):
        raise NotSignedIn
    since = now - timedelta(days=current_policy().accounts.device_days)
    if account.first_signed_in_at is None:
        account.first_signed_in_at = now
    elif not await is_known_device(session, account_id, browser.device, since=since):
        await queue_new_device(session, account, browser_in_words(browser.agent), now=now)
    return await replace_session(session, account_id, browser, proof=proof, now=now)


async def replace_session(
    session: AsyncSession, account_id: UUID, browser: Browser, *, proof: Proof, now: datetime
) -> Tokens:
    """A new session and a known browser, in the caller's transaction; the one before ends."""
    if browser.session is not None:
        before = await find_session(session, browser.session)
        if before is not None:
            await end_sessions(
                session,
                before.account_id,
                because=SessionEnd.FOLLOWED,
                now=now,
                only=before.id,
            )
    return Tokens(
        session=await begin_session(
            session, account_id, browser=browser_in_words(browser.agent), proof=proof, now=now
        ),
        device=await know_device(session, account_id, browser.device, now=now),
    )
