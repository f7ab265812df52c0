"""One's own passkeys: made, named, listed and taken off."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.authenticator import new_recovery_codes
from desk.accounts.challenges import Asked, answered, new_challenge
from desk.accounts.factors import factor_changed
from desk.accounts.owners import Owner, owner_of
from desk.accounts.second_step import HalfWayOver, finish, locked_half
from desk.accounts.signed_in import SignedIn
from desk.accounts.signing_in import Browser, Tokens
from desk.policy import current_policy
from models.accounts.accounts import Account, lock_account
from models.accounts.factors import Passkey, factors_of
from models.accounts.half_sign_ins import HalfSignIn
from models.accounts.passkeys import (
    delete_passkey,
    find_passkey,
    own_passkey,
    passkeys_of,
)
from models.database import transaction
from rules.accounts.kinds import AccountChange, Proof
from rules.accounts.passkeys import (
    PasskeyOwner,
    PasskeyRefused,
    PasskeySite,
    clean_passkey_name,
    made,
    to_make,
)
from rules.errors import Conflict, NotFound


class PasskeyUnknown(NotFound):
    """This account has no such passkey."""


class TooManyPasskeys(Conflict):
    """This account has as many passkeys as policy allows."""


@dataclass(frozen=True, kw_only=True)
class OwnPasskey:
    """A passkey as its owner is shown it."""

    id: UUID
    name: str
    made_at: datetime
    used_at: datetime | None


async def own_passkeys(account_id: UUID) -> tuple[OwnPasskey, ...]:
    """The account's passkeys, oldest first."""
    async with transaction() as session:
        return tuple(map(_shown, await passkeys_of(session, account_id)))


async def one_passkey(account_id: UUID, passkey_id: UUID) -> OwnPasskey:
    """One of the account's; raises `PasskeyUnknown`."""
    async with transaction() as session:
        return _shown(await _own(session, account_id, passkey_id))


async def ask_to_make(who: SignedIn, site: PasskeySite, *, now: datetime) -> str:
    """What the browser of this session is told that is to make a passkey: JSON.

    Raises `TooManyPasskeys`.
    """
    async with transaction() as session:
        account = await session.get_one(Account, who.account_id)
        return await _asked(session, account, str(who.session_id), site, now=now)


async def add_passkey(
    who: SignedIn, answer: str, name: str, site: PasskeySite, *, now: datetime
) -> tuple[str, ...]:
    """Keep the passkey that was made, under this name; the other sessions end, and it is told.

    Returns recovery codes, shown once, where it is the first thing that is asked for beside the
    password. Raises `ValueRefused` for the name, `ChallengeOver`, `PasskeyRefused` and
    `TooManyPasskeys`; an answer that is sent again is refused.
    """
    called = clean_passkey_name(name)
    challenge = await answered(Asked.MAKE, str(who.session_id), now=now)
    async with transaction() as session:
        account = await lock_account(session, who.account_id)
        codes = await _keep(session, account, answer, called, site, challenge, now=now)
        change, but = AccountChange.PASSKEY_ADDED, who.session_id
        await factor_changed(session, account, change, but=but, now=now)
        return codes


async def ask_to_make_half_way(token: str, site: PasskeySite, *, now: datetime) -> str:
    """As `ask_to_make`, of an officer who has shown a password and must set something up beside it.

    Raises `HalfWayOver`, also where the account has something beside its password already.
    """
    async with transaction() as session:
        _, account = await _without_factors(session, token, now=now)
        return await _asked(session, account, token, site, now=now)


async def add_passkey_half_way(
    token: str, answer: str, name: str, site: PasskeySite, browser: Browser, *, now: datetime
) -> tuple[Tokens, tuple[str, ...]]:
    """As `add_passkey`, and the sign-in is finished by it. Raises `HalfWayOver` too."""
    called = clean_passkey_name(name)
    challenge = await answered(Asked.MAKE, token, now=now)
    async with transaction() as session:
        half, account = await _without_factors(session, token, now=now)
        codes = await _keep(session, account, answer, called, site, challenge, now=now)
        await factor_changed(session, account, AccountChange.PASSKEY_ADDED, but=None, now=now)
        return await finish(session, half, browser, proof=Proof.PASSKEY, now=now), codes


async def rename_passkey(account_id: UUID, passkey_id: UUID, name: str) -> None:
    """Call it this. Raises `PasskeyUnknown` and `ValueRefused`; repeated, it is the same."""
    called = clean_passkey_name(name)
    async with transaction() as session:
        (await _own(session, account_id, passkey_id)).name = called


async def remove_passkey(who: SignedIn, passkey_id: UUID, *, now: datetime) -> None:
    """Take it off: it opens nothing any more. The other sessions end, and it is told.

    With the last thing beside the password go the codes that were written down. Raises
    `PasskeyUnknown`, also when repeated, and `desk.accounts.factors.LastFactorStays`.
    """
    async with transaction() as session:
        account = await lock_account(session, who.account_id)
        passkey = await _own(session, account.id, passkey_id)
        await delete_passkey(session, passkey.id)
        change, but = AccountChange.PASSKEY_REMOVED, who.session_id
        await factor_changed(session, account, change, but=but, now=now)


async def _asked(
    session: AsyncSession, account: Account, whom: str, site: PasskeySite, *, now: datetime
) -> str:
    known = [passkey.credential_id for passkey in await passkeys_of(session, account.id)]
    _refuse_many(len(known))
    owner = _device_owner(account, await owner_of(session, account), tuple(known))
    challenge = await new_challenge(session, Asked.MAKE, whom, now=now)
    return to_make(site, owner, challenge, minutes=current_policy().accounts.passkey_minutes)


def _device_owner(account: Account, owner: Owner, known: tuple[bytes, ...]) -> PasskeyOwner:
    return PasskeyOwner(
        handle=account.id.bytes,
        account=owner.registration_number or account.officer or "",
        person=owner.name_ar if owner.language == "ar" else owner.name_en,
        known=known,
    )


async def _keep(
    session: AsyncSession,
    account: Account,
    answer: str,
    called: str,
    site: PasskeySite,
    challenge: bytes,
    *,
    now: datetime,
) -> tuple[str, ...]:
    new = made(answer, site, challenge)
    if await find_passkey(session, new.credential_id) is not None:
        raise PasskeyRefused
    _refuse_many(len(await passkeys_of(session, account.id)))
    had = await factors_of(session, account.id)
    session.add(
        Passkey(
            account_id=account.id,
            credential_id=new.credential_id,
            public_key=new.public_key,
            sign_count=new.sign_count,
            name=called,
            made_at=now,
        )
    )
    return () if had else await new_recovery_codes(session, account.id, now=now)


async def _without_factors(
    session: AsyncSession, token: str, *, now: datetime
) -> tuple[HalfSignIn, Account]:
    half = await locked_half(session, token, now=now)
    if await factors_of(session, half.account_id):
        raise HalfWayOver
    return half, await session.get_one(Account, half.account_id)


def _refuse_many(passkeys: int) -> None:
    if passkeys >= current_policy().accounts.passkeys:
        raise TooManyPasskeys


async def _own(session: AsyncSession, account_id: UUID, passkey_id: UUID) -> Passkey:
    found = await own_passkey(session, account_id, passkey_id)
    if found is None:
        raise PasskeyUnknown
    return found


def _shown(passkey: Passkey) -> OwnPasskey:
    return OwnPasskey(
        id=passkey.id, name=passkey.name, made_at=passkey.made_at, used_at=passkey.used_at
    )
