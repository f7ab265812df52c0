"""Count a try before it is judged, and take it back where it was right.

Counting first leaves no gap in which a hundred tries at once are all the first one.
"""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.policy import current_policy
from models.accounts.counts import forget, lock_counts, read_count, take_back, write_counts
from models.database import transaction
from rules.accounts.counting import Counted, after_a_miss, held_until, limit_of
from rules.accounts.identifiers import Identifier
from rules.errors import TooOften
from rules.values.email_address import mailbox_of

logger = logging.getLogger("mumaris.accounts")

#: What is forgotten once the right password came; of the others one miss is taken back.
_FORGIVEN = frozenset({Counted.NAME_FROM_NETWORK, Counted.NAME_FROM_DEVICE})

#: What is counted under each key.
Tries = Mapping[str, Counted]


class TooManyTries(TooOften):
    """Too many misses, or links asked for; ``again_at`` is when one may try again."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__(f"too many tries; again at {again_at:%Y-%m-%d %H:%M} UTC")
        self.again_at = again_at


def tries_of(identifier: Identifier | None, network: str, *, device: str | None) -> Tries:
    """What one try counts for; ``device`` is the token of a browser that this name has used.

    What strangers try does not hold up such a browser, nor does the network that it is in.
    """
    if identifier is not None and device is not None:
        key = _key(Counted.NAME_FROM_DEVICE, identifier.digest, device)
        return {key: Counted.NAME_FROM_DEVICE}
    found = {
        _key(Counted.NETWORK, network): Counted.NETWORK,
        _key(Counted.EVERYBODY): Counted.EVERYBODY,
    }
    if identifier is not None:
        pair = _key(Counted.NAME_FROM_NETWORK, identifier.digest, network)
        found[pair] = Counted.NAME_FROM_NETWORK
        found[_key(Counted.NAME, identifier.digest)] = Counted.NAME
    return found


def tries_of_asking(network: str) -> Tries:
    """What asking for a link counts for."""
    return {_key(Counted.LINKS_FROM_NETWORK, network): Counted.LINKS_FROM_NETWORK}


def tries_of_change(account_id: UUID) -> Tries:
    """What a wrong password counts for that its own account's session was given."""
    return {_key(Counted.NAME_FROM_DEVICE, str(account_id)): Counted.NAME_FROM_DEVICE}


def tries_of_mailed_code(account_id: UUID, email: str) -> Tries:
    """What a code counts for that an account asks for and that is e-mailed to this address."""
    return {
        _key(Counted.CODES_OF_ACCOUNT, str(account_id)): Counted.CODES_OF_ACCOUNT,
        _key(Counted.CODES_TO_MAILBOX, mailbox_of(email)): Counted.CODES_TO_MAILBOX,
    }


def tries_of_newcomer(network: str, mailbox: str) -> Tries:
    """What a code counts for that somebody without an account has e-mailed to this mailbox.

    Apart from what accounts ask for: their counts are not to be read by who has none.
    """
    who = "newcomer"
    return {
        _key(Counted.LINKS_FROM_NETWORK, who, network): Counted.LINKS_FROM_NETWORK,
        _key(Counted.CODES_TO_MAILBOX, who, mailbox): Counted.CODES_TO_MAILBOX,
    }


async def count_other_number(account_id: UUID, *, now: datetime) -> None:
    """Count a search of this account for a registration number that is not its own.

    The log names the account, never the number. Raises `TooManyTries`.
    """
    logger.warning("account %s asked for a registration number not its own", account_id)
    tries = {_key(Counted.OTHER_NUMBERS, str(account_id)): Counted.OTHER_NUMBERS}
    try:
        async with transaction() as session:
            await count_try(session, tries, now=now)
    except TooManyTries as refusal:
        until = f"{refusal.again_at:%Y-%m-%d %H:%M} UTC"
        logger.warning("account %s searches so often that it waits until %s", account_id, until)
        raise


def tries_of_code(account_id: UUID) -> Tries:
    """What a wrong code counts for, beside a password that was right."""
    return {_key(Counted.NAME_FROM_DEVICE, "code", str(account_id)): Counted.NAME_FROM_DEVICE}


def tries_of_passkeys(network: str) -> Tries:
    """What asking a browser for a passkey counts for, until a sign-in comes of it."""
    key = _key(Counted.PASSKEYS_FROM_NETWORK, network)
    return {key: Counted.PASSKEYS_FROM_NETWORK}


async def count_try(session: AsyncSession, tries: Tries, *, now: datetime) -> None:
    """Count a try as a miss, in the caller's transaction; raises `TooManyTries`."""
    policy = current_policy().accounts
    counts = await lock_counts(session, list(tries), now=now)
    waits = {
        key: until
        for key, counted in tries.items()
        if (until := held_until(counts.get(key), limit_of(counted, policy), now=now)) is not None
    }
    if waits:
        _tell(tries[key] for key in waits)
        raise TooManyTries(max(waits.values()))
    await write_counts(
        session,
        {
            key: after_a_miss(counts.get(key), limit_of(counted, policy), now=now)
            for key, counted in tries.items()
        },
    )


async def recent_misses(session: AsyncSession, *, now: datetime) -> int:
    """Sign-ins that failed from browsers that are not known, as many as policy still counts."""
    count = await read_count(session, _key(Counted.EVERYBODY))
    limit = limit_of(Counted.EVERYBODY, current_policy().accounts)
    return 0 if count is None or limit.forgotten_at(count) <= now else count.misses


async def was_right(session: AsyncSession, tries: Tries) -> None:
    """The last try was no miss."""
    await forget(session, [key for key, counted in tries.items() if counted in _FORGIVEN])
    await take_back(session, [key for key, counted in tries.items() if counted not in _FORGIVEN])


def _tell(held: Iterable[Counted]) -> None:
    """That somebody tries names in great number is for operations to hear."""
    if Counted.EVERYBODY in set(held):
        logger.warning("so many sign-ins fail that browsers which are not known have to wait")


def _key(counted: Counted, *what: str) -> str:
    digest = hashlib.sha256("\0".join(what).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{counted}:{digest}"
