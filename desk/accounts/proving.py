"""Show once more that it is oneself, in a session that has been open for a while."""

from dataclasses import dataclass
from datetime import datetime

from desk.accounts.counting import count_try, tries_of_change, tries_of_code, was_right
from desk.accounts.hashing import fits
from desk.accounts.second_step import CodeWrong, use_code
from desk.accounts.signed_in import SignedIn
from desk.accounts.signing_in import Browser, NotSignedIn, Tokens, replace_session
from models.accounts.accounts import Account, lock_account
from models.accounts.factors import factors_of
from models.database import transaction
from rules.accounts.kinds import Factor, Proof


@dataclass(frozen=True, kw_only=True)
class Askable:
    """What somebody can be asked for once more."""

    #: Whoever signs in by an identity provider may have none.
    has_password: bool
    factors: frozenset[Factor]


async def askable(whose: SignedIn) -> Askable:
    """What this account has."""
    async with transaction() as session:
        account = await session.get_one(Account, whose.account_id)
        return Askable(
            has_password=account.password_hash is not None,
            factors=await factors_of(session, account.id),
        )


async def prove_again(
    whose: SignedIn, password: str, code: str, browser: Browser, *, now: datetime
) -> Tokens:
    """The password, and a code where the account asks for one: the session becomes a new one.

    Raises `NotSignedIn` for the password, `CodeWrong`, `TooManyTries` and `TooManySignIns`: both
    are counted for the account, whose session somebody else may have.
    """
    tries = {**tries_of_change(whose.account_id), **tries_of_code(whose.account_id)}
    async with transaction() as session:
        await count_try(session, tries, now=now)
        kept = (await session.get_one(Account, whose.account_id)).password_hash
    if not await fits(password, kept):
        raise NotSignedIn
    async with transaction() as session:
        account = await lock_account(session, whose.account_id)
        if account.password_hash != kept:
            raise NotSignedIn
        proof: Proof | None = Proof.PASSWORD
        if await factors_of(session, account.id):
            proof = await use_code(session, account.id, code, now=now)
        if proof is None:
            raise CodeWrong
        await was_right(session, tries)
        # Also where it is the same person: OWASP ASVS 5.0, 7.2.4.
        return await replace_session(session, account.id, browser, proof=proof, now=now)
