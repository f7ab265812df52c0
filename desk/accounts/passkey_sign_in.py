"""Show a passkey: beside a password, alone, as it is two factors by itself, or once more."""

import logging
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.challenges import Asked, answered, new_challenge
from desk.accounts.counting import count_try, tries_of_code, tries_of_passkeys, was_right
from desk.accounts.second_step import finish, locked_half
from desk.accounts.signed_in import SignedIn
from desk.accounts.signing_in import Browser, Tokens, begin, replace_session
from desk.policy import current_policy
from models.accounts.accounts import lock_account
from models.accounts.factors import Passkey
from models.accounts.passkeys import find_passkey, passkeys_of
from models.database import transaction
from rules.accounts.kinds import Proof
from rules.accounts.passkeys import (
    Claim,
    PasskeyCopied,
    PasskeyRefused,
    PasskeySite,
    claimed,
    shown,
    to_show,
)

logger = logging.getLogger("mumaris.accounts")


async def ask_beside_password(token: str, site: PasskeySite, *, now: datetime) -> str:
    """What the browser of this half sign-in is told: JSON. Raises `HalfWayOver`."""
    async with transaction() as session:
        half = await locked_half(session, token, now=now)
        own = await passkeys_of(session, half.account_id)
        challenge = await new_challenge(session, Asked.SECOND, token, now=now)
    allowed = tuple(passkey.credential_id for passkey in own)
    return to_show(site, challenge, allowed=allowed, minutes=_minutes())


async def sign_in_beside_password(
    token: str, answer: str, site: PasskeySite, browser: Browser, *, now: datetime
) -> Tokens:
    """Finish the sign-in; what is refused counts as a wrong code does.

    Raises `HalfWayOver`, `ChallengeOver`, `PasskeyRefused`, `PasskeyCopied` and `TooManyTries`; an
    answer that is sent again is refused.
    """
    async with transaction() as session:
        half = await locked_half(session, token, now=now)
        tries = tries_of_code(half.account_id)
        await count_try(session, tries, now=now)
    challenge = await answered(Asked.SECOND, token, now=now)
    claim = claimed(answer)
    async with transaction() as session:
        half = await locked_half(session, token, now=now)
        passkey = await find_passkey(session, claim.credential_id)
        if passkey is None or passkey.account_id != half.account_id:
            raise PasskeyRefused
        _use(passkey, claim, answer, site, challenge, now=now)
        await was_right(session, tries)
        return await finish(session, half, browser, proof=Proof.PASSKEY, now=now)


async def ask_once_more(who: SignedIn, site: PasskeySite, *, now: datetime) -> str:
    """What the browser of this session is told, before something that matters: JSON."""
    async with transaction() as session:
        own = await passkeys_of(session, who.account_id)
        challenge = await new_challenge(session, Asked.PROVE, str(who.session_id), now=now)
    allowed = tuple(passkey.credential_id for passkey in own)
    return to_show(site, challenge, allowed=allowed, minutes=_minutes())


async def prove_by_passkey(
    who: SignedIn, answer: str, site: PasskeySite, browser: Browser, *, now: datetime
) -> Tokens:
    """The session becomes a new one, proved now; no password is asked for beside a passkey.

    What is refused counts as a wrong code does. Raises `ChallengeOver`, `PasskeyRefused`,
    `PasskeyCopied` and `TooManyTries`.
    """
    tries = tries_of_code(who.account_id)
    async with transaction() as session:
        await count_try(session, tries, now=now)
    challenge = await answered(Asked.PROVE, str(who.session_id), now=now)
    claim = claimed(answer)
    async with transaction() as session:
        passkey = await _locked(session, claim)
        if passkey.account_id != who.account_id:
            raise PasskeyRefused
        _use(passkey, claim, answer, site, challenge, now=now)
        await was_right(session, tries)
        return await replace_session(session, who.account_id, browser, proof=Proof.PASSKEY, now=now)


async def ask_alone(visit: str, network: str, site: PasskeySite, *, now: datetime) -> str:
    """What the browser of this visit is told, whoever sits before it: JSON.

    Counted for the network, and taken back where a sign-in comes of it. Raises `TooManyTries`.
    """
    async with transaction() as session:
        await count_try(session, tries_of_passkeys(network), now=now)
        challenge = await new_challenge(session, Asked.ALONE, visit, now=now)
    return to_show(site, challenge, minutes=_minutes())


async def sign_in_alone(
    visit: str, answer: str, site: PasskeySite, browser: Browser, *, now: datetime
) -> Tokens:
    """A new session for the owner of the passkey that was shown.

    Each try needs a challenge of its own, which was counted. Raises `ChallengeOver`,
    `PasskeyRefused`, the same for a passkey that nobody has, `PasskeyCopied`, and `NotSignedIn` for
    an officer who is no longer one; an answer that is sent again is refused.
    """
    challenge = await answered(Asked.ALONE, visit, now=now)
    claim = claimed(answer)
    async with transaction() as session:
        passkey = await _locked(session, claim)
        if claim.handle is None:
            raise PasskeyRefused
        _use(passkey, claim, answer, site, challenge, now=now)
        await was_right(session, tries_of_passkeys(browser.network))
        return await begin(session, passkey.account_id, browser, proof=Proof.PASSKEY, now=now)


async def _locked(session: AsyncSession, claim: Claim) -> Passkey:
    """The passkey as it stands when its account is locked: it may have been taken off meanwhile."""
    found = await find_passkey(session, claim.credential_id)
    if found is not None:
        await lock_account(session, found.account_id)
        found = await find_passkey(session, claim.credential_id)
    if found is None:
        raise PasskeyRefused
    return found


def _use(
    passkey: Passkey,
    claim: Claim,
    answer: str,
    site: PasskeySite,
    challenge: bytes,
    *,
    now: datetime,
) -> None:
    """Judge the answer, and note what the passkey counts now."""
    if claim.handle is not None and claim.handle != passkey.account_id.bytes:
        raise PasskeyRefused
    try:
        count = shown(
            answer,
            site,
            challenge,
            public_key=passkey.public_key,
            sign_count=passkey.sign_count,
        )
    except PasskeyCopied:
        logger.warning("passkey %s counts less than before: it may have been copied", passkey.id)
        raise
    passkey.sign_count, passkey.used_at = count, now


def _minutes() -> int:
    return current_policy().accounts.passkey_minutes
