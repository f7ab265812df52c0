"""The second half of a sign-in: what is asked for after the password."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.authenticator import app_step
from desk.accounts.counting import count_try, tries_of_code, was_right
from desk.accounts.letters import queue_code_used
from desk.accounts.owners import has_left, owner_of
from desk.accounts.signing_in import Browser, Tokens, begin
from desk.policy import current_policy
from models.accounts.accounts import Account, lock_account
from models.accounts.factors import (
    factors_of,
    recovery_codes_left,
    use_recovery_code,
    use_step,
)
from models.accounts.half_sign_ins import HalfSignIn, end_halves, find_half
from models.database import transaction
from rules.accounts.codes import recovery_hash
from rules.accounts.kinds import Factor, Proof
from rules.errors import Conflict, Refused


class HalfWayOver(Conflict):
    """This sign-in took too long, or was finished or ended elsewhere: it begins anew."""


class CodeWrong(Refused):
    """The code is none of this account's, or it was used before."""


@dataclass(frozen=True, kw_only=True, repr=False)
class HalfSignedIn:
    """Somebody who has shown a password, and nothing else yet."""

    account_id: UUID
    #: What can be asked for; nothing where an officer has to set one up first.
    factors: frozenset[Factor]
    #: The name by which an authenticator app is to list the account.
    label: str


async def who_is_half_way(token: str, *, now: datetime) -> HalfSignedIn | None:
    """Whose half of a sign-in this is; None where it is over, as policy says."""
    async with transaction() as session:
        half = await find_half(session, token)
        if half is None:
            return None
        account = await session.get_one(Account, half.account_id)
        if await _is_over(session, half, account, now=now):
            return None
        owner = await owner_of(session, account)
        return HalfSignedIn(
            account_id=account.id,
            factors=await factors_of(session, account.id),
            label=owner.registration_number or owner.name_en,
        )


async def sign_in_by_code(token: str, typed: str, browser: Browser, *, now: datetime) -> Tokens:
    """Finish by a code of the authenticator app, or one that was written down.

    Each works once; of two at once the second is refused. Raises `HalfWayOver`, `CodeWrong` and
    `TooManyTries`: wrong codes are counted for the account, which only whoever knows its password
    can try.
    """
    async with transaction() as session:
        half = await locked_half(session, token, now=now)
        tries = tries_of_code(half.account_id)
        await count_try(session, tries, now=now)
    async with transaction() as session:
        half = await locked_half(session, token, now=now)
        proof = await use_code(session, half.account_id, typed, now=now)
        if proof is None:
            raise CodeWrong
        await was_right(session, tries)
        return await finish(session, half, browser, proof=proof, now=now)


async def locked_half(session: AsyncSession, token: str, *, now: datetime) -> HalfSignIn:
    """The half of this token, its account locked before it; raises `HalfWayOver`."""
    half = await find_half(session, token)
    if half is None:
        raise HalfWayOver
    account = await lock_account(session, half.account_id)
    half = await find_half(session, token, lock=True)
    if half is None or await _is_over(session, half, account, now=now):
        raise HalfWayOver
    return half


async def finish(
    session: AsyncSession, half: HalfSignIn, browser: Browser, *, proof: Proof, now: datetime
) -> Tokens:
    """A whole session in the place of the half, in the caller's transaction."""
    await end_halves(session, half.account_id)
    return await begin(session, half.account_id, browser, proof=proof, now=now)


async def use_code(
    session: AsyncSession, account_id: UUID, typed: str, *, now: datetime
) -> Proof | None:
    """Use up the code that was typed; None where it is none, or was used before.

    Of a code that was written down its owner is told. In the caller's transaction, which has locked
    the account.
    """
    step = await app_step(session, account_id, typed, now=now)
    if step is not None:
        return Proof.TOTP if await use_step(session, account_id, step) else None
    kept = recovery_hash(account_id, typed)
    if not await use_recovery_code(session, account_id, kept, now=now):
        return None
    left = await recovery_codes_left(session, account_id)
    account = await session.get_one(Account, account_id)
    await queue_code_used(session, account, codes_left=left, now=now)
    return Proof.RECOVERY_CODE


async def _is_over(
    session: AsyncSession, half: HalfSignIn, account: Account, *, now: datetime
) -> bool:
    lives = timedelta(minutes=current_policy().accounts.half_way_minutes)
    if half.version != account.version or now >= half.began_at + lives:
        return True
    return await has_left(session, account)
