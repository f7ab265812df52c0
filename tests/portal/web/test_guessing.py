"""The limit on wrong tracking codes."""

from datetime import timedelta

import pytest

from portal.web.guessing import MOST_CLIENTS, MOST_MISSES, WINDOW, Guesses, TooManyGuesses
from support.requests import NOW


def spent(client: str) -> Guesses:
    """A count in which this client has no try left."""
    guesses = Guesses()
    for _ in range(MOST_MISSES):
        guesses.take(client, now=NOW)
    return guesses


def test_the_refusal_says_when_a_try_is_free_again() -> None:
    """That is when the first one is a window ago, and not before."""
    guesses = spent("192.0.2.1")

    with pytest.raises(TooManyGuesses) as refused:
        guesses.take("192.0.2.1", now=NOW + timedelta(minutes=1))

    assert refused.value.again_at == NOW + WINDOW
    guesses.take("192.0.2.1", now=refused.value.again_at)


def test_another_client_is_not_held_up() -> None:
    """Each address is counted apart."""
    guesses = spent("192.0.2.1")

    guesses.take("192.0.2.2", now=NOW)


def test_one_ipv6_network_is_one_client() -> None:
    """A phone has more addresses than anybody could count."""
    guesses = spent("2001:db8::1")

    with pytest.raises(TooManyGuesses):
        guesses.take("2001:db8::ffff:2", now=NOW)
    guesses.take("2001:db8:0:1::1", now=NOW)


def test_a_try_that_is_given_back_does_not_count() -> None:
    """Right codes are free."""
    guesses = spent("192.0.2.1")

    guesses.give_back("192.0.2.1")

    guesses.take("192.0.2.1", now=NOW)


def test_giving_back_what_was_never_taken_changes_nothing() -> None:
    """The client may have been forgotten in between."""
    Guesses().give_back("192.0.2.1")


def test_the_count_forgets_the_client_not_seen_for_longest() -> None:
    """Its memory is bounded, whoever comes."""
    guesses = spent("the first")

    for number in range(MOST_CLIENTS):
        guesses.take(f"client {number}", now=NOW)

    guesses.take("the first", now=NOW)
