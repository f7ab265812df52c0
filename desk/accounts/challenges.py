"""Ask a browser for a passkey, and take the answer once: what it signs is known to nobody before.

A challenge is bound to who was asked (a session, half a sign-in, or the visit of somebody who is
not signed in) and to what for, so that an answer is of no use in another browser or another form.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.policy import current_policy
from models.accounts.challenges import keep_challenge, take_challenge
from models.database import transaction
from rules.errors import Conflict

_BYTES = 32


class Asked(StrEnum):
    """What a passkey is asked for."""

    #: To be made.
    MAKE = "make"
    #: Beside a password.
    SECOND = "second"
    #: To sign in, without anything beside it.
    ALONE = "alone"
    #: Once more, of who is signed in.
    PROVE = "prove"


class ChallengeOver(Conflict):
    """Too long ago, or never, was this browser asked for a passkey; or it has answered before."""


async def new_challenge(session: AsyncSession, asked: Asked, whom: str, *, now: datetime) -> bytes:
    """Ask, in the caller's transaction; what was asked before is void.

    ``whom`` is the session's id, or the token of the half sign-in or of the visit.
    """
    challenge = secrets.token_bytes(_BYTES)
    await keep_challenge(session, _key(asked, whom), challenge, now=now)
    return challenge


async def answered(asked: Asked, whom: str, *, now: datetime) -> bytes:
    """What was asked. Raises `ChallengeOver`.

    A transaction of its own: a challenge is used up also where the answer is refused after.
    """
    async with transaction() as session:
        found = await take_challenge(session, _key(asked, whom))
    if found is None:
        raise ChallengeOver
    challenge, asked_at = found
    if now >= asked_at + timedelta(minutes=current_policy().accounts.passkey_minutes):
        raise ChallengeOver
    return challenge


def _key(asked: Asked, whom: str) -> str:
    return hashlib.sha256(f"{asked}\0{whom}".encode()).hexdigest()
