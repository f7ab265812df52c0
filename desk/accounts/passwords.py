"""Set a password: by the link in an e-mail, or by the one before."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.common_passwords import common_passwords
from desk.accounts.counting import count_try, tries_of_change, was_right
from desk.accounts.hashing import fits, hash_password
from desk.accounts.letters import queue_password_changed
from desk.accounts.owners import Owner, owner_of
from desk.accounts.signed_in import SignedIn
from desk.accounts.signing_in import Browser, HalfWay, NotSignedIn, Tokens, go_on, replace_session
from desk.policy import current_policy
from models.accounts.accounts import (
    Account,
    claim_mailbox,
    lock_account,
    mailbox_of_account,
)
from models.accounts.half_sign_ins import end_halves
from models.accounts.links import AccountLink, find_account_link, supersede_links
from models.accounts.sessions import end_sessions, forget_devices, know_device
from models.database import transaction
from rules.accounts.kinds import AccountKind, LinkUse, SessionEnd
from rules.accounts.passwords import PasswordFault, fault_of
from rules.errors import Conflict, Refused
from rules.values.email_address import mailbox_of


class AccountLinkState(StrEnum):
    """What a link can do now."""

    USABLE = "usable"
    USED = "used"
    #: Too old, void after wrong answers, or another one was used.
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class AccountLinkView:
    """What the page of a link shows."""

    state: AccountLinkState
    #: Whether it asks for the identity number: several people have the mailbox.
    asks_identity: bool = False
    #: The language that its owner prefers; None for an officer.
    language: str | None = None
    #: The page to which its owner was on the way when it was asked for.
    goes_to: str | None = None
    #: An officer's password is never alone, and may be shorter.
    kind: AccountKind = AccountKind.PRACTITIONER


class LinkNotUsable(Conflict):
    """The link that was to set a password opens nothing any more; the page says why."""


class PasswordRefused(Refused):
    """This password is not taken."""

    def __init__(self, fault: PasswordFault) -> None:
        super().__init__(f"this password is not taken: {fault}")
        self.fault = fault


class IdentityDiffers(Refused):
    """The identity number that was typed is not that of the link's owner."""


UNKNOWN_LINK = AccountLinkView(AccountLinkState.UNKNOWN)


async def look_at_link(token: str, use: LinkUse, *, now: datetime) -> AccountLinkView:
    """What this link can do; changes nothing, as mail scanners open every link."""
    async with transaction() as session:
        link = await find_account_link(session, token)
        if link is None or link.use is not use:
            return UNKNOWN_LINK
        account = await session.get_one(Account, link.account_id)
        owner = await owner_of(session, account)
        state = AccountLinkState.EXPIRED if owner.has_left else _state(link, now=now)
        prefers = owner.language if account.kind is AccountKind.PRACTITIONER else None
        return AccountLinkView(
            state, owner.is_shared, prefers, goes_to=link.goes_to, kind=account.kind
        )


async def set_by_link(
    token: str, use: LinkUse, password: str, identity: str, browser: Browser, *, now: datetime
) -> Tokens | HalfWay | str:
    """Set the password of the link's account, once.

    The first sign-in signs in: returns its `Tokens`, or an officer's `HalfWay`. A new password ends
    every session, tells both addresses, and signs nobody in: returns the token of a known browser,
    which is not held up by what strangers try. Raises `LinkNotUsable`, `IdentityDiffers`,
    `PasswordRefused` and `TooManySignIns`; of two at once the second is refused.
    """
    await _judge_for_link(token, use, password, identity, now=now)
    kept = await hash_password(password)
    async with transaction() as session:
        found = await find_account_link(session, token)
        if found is None:
            raise LinkNotUsable
        # The account before its links: two links used at once would wait for each other.
        account = await lock_account(session, found.account_id)
        link = await _usable(session, token, use, now=now)
        owner = await owner_of(session, account)
        link.used_at = now
        await session.flush()
        await supersede_links(session, account.id, now=now)
        await _set(session, account, owner, kept, by_link=True, but=None, now=now)
        if use is LinkUse.RESET:
            await forget_devices(session, account.id)
            return await know_device(session, account.id, None, now=now)
        return await go_on(session, account, browser, now=now)


async def change_password(
    whose: SignedIn, before: str, password: str, browser: Browser, *, now: datetime
) -> Tokens:
    """Another password, by the one before. The other sessions end; this one becomes a new one.

    Raises `NotSignedIn` where ``before`` is wrong, `PasswordRefused`, `TooManyTries` and
    `TooManySignIns`.
    """
    tries = tries_of_change(whose.account_id)
    async with transaction() as session:
        await count_try(session, tries, now=now)
        account = await session.get_one(Account, whose.account_id)
        owner = await owner_of(session, account)
    if not await fits(before, account.password_hash):
        raise NotSignedIn
    _refuse_weak(password, account.kind, owner)
    kept = await hash_password(password)
    async with transaction() as session:
        row = await lock_account(session, whose.account_id)
        if row.password_hash != account.password_hash:
            raise NotSignedIn
        await was_right(session, tries)
        await _set(session, row, owner, kept, by_link=False, but=whose.session_id, now=now)
        return await replace_session(session, row.id, browser, proof=whose.proof, now=now)


async def _judge_for_link(
    token: str, use: LinkUse, password: str, identity: str, *, now: datetime
) -> None:
    """Raise what is wrong. A wrong identity number is counted on the link, whatever follows."""
    async with transaction() as session:
        link = await _usable(session, token, use, now=now)
        account = await session.get_one(Account, link.account_id)
        owner = await owner_of(session, account)
        if owner.has_left:
            raise LinkNotUsable
        differs = owner.is_shared and not owner.has_identity(identity)
        link.misses += differs
    if differs:
        raise IdentityDiffers
    _refuse_weak(password, account.kind, owner)


async def _set(
    session: AsyncSession,
    account: Account,
    owner: Owner,
    kept: str,
    *,
    by_link: bool,
    but: UUID | None,
    now: datetime,
) -> None:
    """Keep this hash, end the sessions, tell the owner; the caller has locked the account."""
    is_first = account.password_hash is None
    signed_in_by = await mailbox_of_account(session, account.id)
    account.password_hash, account.password_set_at = kept, now
    account.version += 1
    # Whoever came by a link reads the address on file, which may be another one by now.
    if by_link and owner.email is not None and not owner.is_shared:
        await claim_mailbox(session, account.id, mailbox_of(owner.email))
    because = SessionEnd.PASSWORD_CHANGED
    await end_sessions(session, account.id, because=because, now=now, but=but)
    await end_halves(session, account.id)
    if not is_first:
        await queue_password_changed(
            session,
            owner,
            account.id,
            version=account.version,
            mailboxes=[signed_in_by],
            now=now,
        )


async def _usable(session: AsyncSession, token: str, use: LinkUse, *, now: datetime) -> AccountLink:
    link = await find_account_link(session, token, lock=True)
    if link is None or link.use is not use or _state(link, now=now) != AccountLinkState.USABLE:
        raise LinkNotUsable
    return link


def _state(link: AccountLink, *, now: datetime) -> AccountLinkState:
    if link.used_at is not None:
        return AccountLinkState.USED
    is_void = link.misses >= current_policy().accounts.link_misses
    if is_void or link.superseded_at is not None or now >= link.expires_at:
        return AccountLinkState.EXPIRED
    return AccountLinkState.USABLE


def _refuse_weak(password: str, kind: AccountKind, owner: Owner) -> None:
    fault = fault_of(
        password,
        policy=current_policy().accounts,
        # Only officers must have one: who can take a factor off must not be left with a short one.
        second_factor=kind is AccountKind.OFFICER,
        common=common_passwords(),
        owner=owner.known,
    )
    if fault is not None:
        raise PasswordRefused(fault)
