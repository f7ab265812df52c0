"""What follows from misses."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.accounts.counting import (
    Budget,
    Count,
    Counted,
    GrowingWait,
    Limit,
    after_a_miss,
    held_until,
    limit_of,
)
from support.policies import frozen_policy

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
WAIT = GrowingWait(
    free=5,
    first=timedelta(seconds=15),
    longest=timedelta(minutes=15),
    forgotten_after=timedelta(hours=24),
)
#: What is mailed to others is limited for an hour; nobody needs it to sign in.
E_MAILED = {Counted.CODES_OF_ACCOUNT, Counted.CODES_TO_MAILBOX}
BUDGET = Budget(most=3, within=timedelta(minutes=15))


def missed(times: int, limit: Limit, *, every: timedelta = timedelta()) -> Count:
    """So many misses."""
    count = after_a_miss(None, limit, now=NOW)
    for number in range(1, times):
        count = after_a_miss(count, limit, now=NOW + every * number)
    return count


@pytest.mark.parametrize(
    ("times", "seconds"),
    [(1, 0), (4, 0), (5, 15), (6, 30), (7, 60), (10, 480), (11, 900), (12, 900), (4000, 900)],
)
def test_the_wait_doubles_up_to_the_longest(times: int, seconds: int) -> None:
    """It never ends later than that: nobody is locked out."""
    count = Count(times, NOW, NOW)

    expected = NOW + timedelta(seconds=seconds) if seconds else None
    assert held_until(count, WAIT, now=NOW) == expected


def test_a_wait_is_over_at_its_end() -> None:
    """To the second, and at the second."""
    count = missed(5, WAIT)

    assert held_until(count, WAIT, now=NOW + timedelta(seconds=14)) is not None
    assert held_until(count, WAIT, now=NOW + timedelta(seconds=15)) is None


def test_misses_are_forgotten_after_a_day_without_any() -> None:
    """The next one is the first."""
    count = missed(9, WAIT)

    assert after_a_miss(count, WAIT, now=NOW + timedelta(hours=24)).misses == 1
    assert after_a_miss(count, WAIT, now=NOW + timedelta(hours=23)).misses == 10


def test_a_budget_is_used_up_and_begins_anew() -> None:
    """Its time begins with the first miss, however late the last one was."""
    count = missed(3, BUDGET, every=timedelta(minutes=5))

    assert held_until(missed(2, BUDGET), BUDGET, now=NOW) is None
    assert held_until(count, BUDGET, now=NOW + timedelta(minutes=10)) == NOW + timedelta(minutes=15)
    assert held_until(count, BUDGET, now=NOW + timedelta(minutes=15)) is None
    assert after_a_miss(count, BUDGET, now=NOW + timedelta(minutes=15)).misses == 1


@given(
    misses=st.integers(1, 10**6),
    counted=st.sampled_from(sorted(set(Counted) - E_MAILED)),
    ago=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=2)),
)
def test_no_sign_in_is_held_for_longer_than_a_quarter_of_an_hour(
    misses: int, counted: Counted, ago: timedelta
) -> None:
    """However often strangers try: what policy names the longest is the longest."""
    limit = limit_of(counted, frozen_policy().accounts)

    until = held_until(Count(misses, NOW - ago, NOW), limit, now=NOW)

    assert until is None or until <= NOW + timedelta(minutes=15)


def test_a_miss_is_the_last_one_from_then_on() -> None:
    """The wait begins with it."""
    count = after_a_miss(Count(4, NOW, NOW), WAIT, now=NOW + timedelta(minutes=3))

    assert count == Count(5, NOW, NOW + timedelta(minutes=3))


def test_nothing_is_held_by_no_misses_or_forgotten_ones() -> None:
    """To the instant at which they are forgotten."""
    slow = GrowingWait(1, timedelta(hours=2), timedelta(hours=2), timedelta(hours=1))

    assert held_until(None, WAIT, now=NOW) is None
    assert held_until(Count(1, NOW, NOW), slow, now=NOW + timedelta(minutes=59)) is not None
    assert held_until(Count(1, NOW, NOW), slow, now=NOW + timedelta(hours=1)) is None


def test_each_budget_is_the_one_that_policy_says() -> None:
    """By its number, within its time."""
    policy = frozen_policy().accounts
    hour, quarter = timedelta(minutes=policy.code_budget_minutes), timedelta(minutes=15)
    budgets = {
        Counted.NAME: Budget(policy.misses_of_a_name, quarter),
        Counted.NETWORK: Budget(policy.misses_of_a_network, quarter),
        Counted.EVERYBODY: Budget(policy.misses_of_everybody, quarter),
        Counted.LINKS_FROM_NETWORK: Budget(policy.links_of_a_network, quarter),
        Counted.OTHER_NUMBERS: Budget(policy.other_numbers, quarter),
        Counted.PASSKEYS_FROM_NETWORK: Budget(policy.passkeys_of_a_network, quarter),
        Counted.CODES_OF_ACCOUNT: Budget(policy.codes_of_an_account, hour),
        Counted.CODES_TO_MAILBOX: Budget(policy.codes_to_a_mailbox, hour),
    }

    assert {each: limit_of(each, policy) for each in budgets} == budgets
