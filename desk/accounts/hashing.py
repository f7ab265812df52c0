"""Passwords as they are kept: Argon2id, computed beside the event loop, so many at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from desk.policy import current_policy
from rules.accounts.passwords import LONGEST, as_hashed
from rules.errors import Unavailable

T = TypeVar("T")

#: Seconds in which a hash must be had, its place in the queue included.
PATIENCE = 5.0


class TooManySignIns(Unavailable):
    """So many passwords are being checked that this one would wait too long."""


async def hash_password(password: str) -> str:
    """The password as it is kept, with a salt and the cost that policy says.

    Raises `TooManySignIns`.
    """
    return await _beside(partial(_hasher().hash, as_hashed(password)))


async def fits(password: str, kept: str | None) -> bool:
    """Whether this is the password that is kept; where none is, it takes as long to say no.

    Raises `TooManySignIns`.
    """
    return await _beside(partial(_verify, password, kept))


def is_outdated(kept: str) -> bool:
    """Whether policy asks for another cost by now."""
    return _hasher().check_needs_rehash(kept)


async def prepare() -> None:
    """Compute what the first answer to an unknown name would wait for."""
    await _beside(_nobodys)


def _verify(password: str, kept: str | None) -> bool:
    # What is longer than any password could be costs what the longest one costs.
    given = as_hashed(password[: LONGEST + 1])
    try:
        return _hasher().verify(kept or _nobodys(), given) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


async def _beside(work: Callable[[], T]) -> T:
    try:
        async with asyncio.timeout(PATIENCE):
            return await asyncio.get_running_loop().run_in_executor(_threads(), work)
    except TimeoutError:
        raise TooManySignIns from None


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(current_policy().accounts.hashes_at_once, "passwords")


@cache
def _hasher() -> PasswordHasher:
    policy = current_policy().accounts
    return PasswordHasher(
        time_cost=policy.hash_passes,
        memory_cost=policy.hash_memory_kib,
        parallelism=policy.hash_lanes,
        type=Type.ID,
    )


@cache
def _nobodys() -> str:
    """What the password of an unknown name is compared with; none is like it."""
    return _hasher().hash(b"nobody's: no password holds the bytes \xff\xfe")
