"""How wrong passwords are counted, and what follows: waits that grow, and budgets for a time.

Nobody is locked out: a wait ends by itself, what a stranger does holds up strangers only, and a
link in an e-mail is never held up.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from rules.policy.accounts import AccountPolicy


class Counted(StrEnum):
    """What misses are counted for."""

    #: A name tried from one network: the wait grows.
    NAME_FROM_NETWORK = "name_from_network"
    #: A name tried from a browser that its owner has signed in with: the wait grows.
    NAME_FROM_DEVICE = "name_from_device"
    #: A name, from wherever strangers try it.
    NAME = "name"
    #: Any name, from one network.
    NETWORK = "network"
    #: Any name from anywhere, by strangers.
    EVERYBODY = "everybody"
    #: Links that were asked for from one network.
    LINKS_FROM_NETWORK = "links_from_network"
    #: Registration numbers that an account asked for and that are not its own.
    OTHER_NUMBERS = "other_numbers"
    #: Codes that an account had e-mailed to new addresses, and those to one address.
    CODES_OF_ACCOUNT = "codes_of_account"
    CODES_TO_MAILBOX = "codes_to_mailbox"
    #: Browsers of one network that were asked for a passkey and did not sign in with one.
    PASSKEYS_FROM_NETWORK = "passkeys_from_network"


@dataclass(frozen=True)
class Count:
    """The misses of one thing that is counted."""

    misses: int
    #: When the first of them was.
    since: datetime
    last_at: datetime


class Limit(Protocol):
    """What follows from misses."""

    def held_until(self, count: Count) -> datetime | None:
        """Until when no further try is taken; None where one is."""
        ...

    def forgotten_at(self, count: Count) -> datetime:
        """When these misses no longer count."""
        ...


@dataclass(frozen=True)
class GrowingWait:
    """The first misses are free; each one after them doubles the wait, up to the longest."""

    free: int
    first: timedelta
    longest: timedelta
    forgotten_after: timedelta

    def held_until(self, count: Count) -> datetime | None:
        """The end of the wait after the last miss."""
        beyond = count.misses - self.free
        if beyond < 0:
            return None
        doubled: timedelta = self.first * (1 << min(beyond, 20))
        return count.last_at + min(doubled, self.longest)

    def forgotten_at(self, count: Count) -> datetime:
        """So long after the last miss."""
        return count.last_at + self.forgotten_after


@dataclass(frozen=True)
class Budget:
    """So many misses within a time; then the rest of that time is waited for."""

    most: int
    within: timedelta

    def held_until(self, count: Count) -> datetime | None:
        """The end of the time, where the misses are used up."""
        return count.since + self.within if count.misses >= self.most else None

    def forgotten_at(self, count: Count) -> datetime:
        """At the end of the time."""
        return count.since + self.within


def limit_of(counted: Counted, policy: AccountPolicy) -> Limit:
    """What follows from misses of this kind."""
    if counted in {Counted.NAME_FROM_NETWORK, Counted.NAME_FROM_DEVICE}:
        return GrowingWait(
            free=policy.free_misses,
            first=timedelta(seconds=policy.first_wait_seconds),
            longest=timedelta(minutes=policy.longest_wait_minutes),
            forgotten_after=timedelta(hours=policy.misses_forgotten_hours),
        )
    if counted in {Counted.CODES_OF_ACCOUNT, Counted.CODES_TO_MAILBOX}:
        is_account = counted is Counted.CODES_OF_ACCOUNT
        return Budget(
            policy.codes_of_an_account if is_account else policy.codes_to_a_mailbox,
            timedelta(minutes=policy.code_budget_minutes),
        )
    within = timedelta(minutes=policy.budget_minutes)
    most = {
        Counted.NAME: policy.misses_of_a_name,
        Counted.NETWORK: policy.misses_of_a_network,
        Counted.EVERYBODY: policy.misses_of_everybody,
        Counted.LINKS_FROM_NETWORK: policy.links_of_a_network,
        Counted.OTHER_NUMBERS: policy.other_numbers,
        Counted.PASSKEYS_FROM_NETWORK: policy.passkeys_of_a_network,
    }[counted]
    return Budget(most, within)


def after_a_miss(count: Count | None, limit: Limit, *, now: datetime) -> Count:
    """The count with one miss more; what is forgotten begins anew."""
    if count is None or limit.forgotten_at(count) <= now:
        return Count(1, now, now)
    return replace(count, misses=count.misses + 1, last_at=now)


def held_until(count: Count | None, limit: Limit, *, now: datetime) -> datetime | None:
    """Until when a try has to wait; None where it need not."""
    if count is None or limit.forgotten_at(count) <= now:
        return None
    until = limit.held_until(count)
    return until if until is not None and until > now else None
