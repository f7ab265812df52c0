"""Wrong passwords in great number: from one network, from many, by owner and stranger."""

import asyncio
from datetime import datetime, timedelta

import pytest

from desk.accounts.asking import ask_for_new_password
from desk.accounts.counting import TooManyTries
from desk.accounts.passwords import set_by_link
from desk.accounts.signing_in import Browser, NotSignedIn, sign_in
from rules.accounts.kinds import LinkUse
from support.accounts import OTHER, PASSWORD, Member, network, reset_link, with_password
from support.policies import frozen_policy
from support.requests import NOW

LIMITS = frozen_policy().accounts


async def outcome(
    name: str, password: str, browser: Browser, *, now: datetime = NOW
) -> type[BaseException] | None:
    """How a try ended."""
    try:
        await sign_in(name, password, browser, now=now)
    except (NotSignedIn, TooManyTries) as refusal:
        return type(refusal)
    return None


async def known_browser(member: Member) -> Browser:
    """A browser that its owner has signed in with."""
    tokens = await sign_in(member.email, PASSWORD, Browser(network=network()), now=NOW)
    return Browser(network=network(), device=tokens.device)


async def test_a_hundred_wrong_passwords_from_one_network(database: str) -> None:
    """Five are judged, then the wait grows; the right one is not judged meanwhile either."""
    member, browser = await with_password(), Browser(network=network())

    ended = [await outcome(member.email, f"guess {number}", browser) for number in range(100)]

    assert ended.count(NotSignedIn) == LIMITS.free_misses
    assert ended[LIMITS.free_misses :] == [TooManyTries] * (100 - LIMITS.free_misses)
    assert await outcome(member.email, PASSWORD, browser) is TooManyTries


async def test_whoever_waits_may_try_again(database: str) -> None:
    """One guess after each wait: within a day not so many that any password is found."""
    member, browser = await with_password(), Browser(network=network())
    now, judged = NOW, 0
    while now < NOW + timedelta(hours=24):
        try:
            await sign_in(member.email, "a guess", browser, now=now)
        except NotSignedIn:
            judged += 1
        except TooManyTries as refusal:
            now = refusal.again_at

    assert judged <= 5 + 10 + 24 * 4


async def test_a_hundred_wrong_passwords_from_many_networks(database: str) -> None:
    """So many strangers are held that the name is safe; its owner signs in as ever."""
    member = await with_password()
    own = await known_browser(member)

    ended = [
        await outcome(member.email, f"guess {number}", Browser(network=network()))
        for number in range(100)
    ]

    assert ended.count(NotSignedIn) == LIMITS.misses_of_a_name
    assert ended.count(TooManyTries) == 100 - LIMITS.misses_of_a_name
    assert await outcome(member.email, PASSWORD, own) is None


async def test_an_owner_with_a_new_device_comes_in_by_e_mail(database: str) -> None:
    """While strangers try the name: the link is never held up, and makes the browser known."""
    member = await with_password()
    for number in range(LIMITS.misses_of_a_name + 5):
        await outcome(member.email, f"guess {number}", Browser(network=network()))

    held = await outcome(member.email, PASSWORD, Browser(network=network()))
    token = await reset_link(member)
    device = await set_by_link(token, LinkUse.RESET, OTHER, "", Browser(network=network()), now=NOW)

    assert held is TooManyTries
    assert isinstance(device, str)
    assert await outcome(member.email, OTHER, Browser(network=network(), device=device)) is None


async def test_a_known_browser_guesses_no_faster(database: str) -> None:
    """Whoever steals the device's cookie has its own growing wait."""
    member = await with_password()
    own = await known_browser(member)

    ended = [await outcome(member.email, f"guess {number}", own) for number in range(20)]

    assert ended.count(NotSignedIn) == LIMITS.free_misses


async def test_a_browser_is_known_to_its_own_account_only(database: str) -> None:
    """And not for ever."""
    member, other = await with_password(), await with_password()
    own = await known_browser(member)
    stale = NOW + timedelta(days=LIMITS.device_days)

    for number in range(LIMITS.misses_of_a_name):
        await outcome(other.email, f"guess {number}", Browser(network=network()))
        await outcome(member.email, f"guess {number}", Browser(network=network()), now=stale)

    assert await outcome(other.email, PASSWORD, own) is TooManyTries
    assert await outcome(member.email, PASSWORD, own, now=stale) is TooManyTries


async def test_one_network_tries_many_names(database: str) -> None:
    """Password spraying: each name once."""
    browser = Browser(network=network())

    ended = [
        await outcome(f"{1_000_000_000 + number}", "Riyadh season 2026", browser)
        for number in range(LIMITS.misses_of_a_network + 10)
    ]

    assert ended.count(TooManyTries) == 10


async def test_right_passwords_are_free(database: str) -> None:
    """A hospital is one network, and its people sign in every morning."""
    member, hospital = await with_password(), network()

    ended = {
        await outcome(member.email, PASSWORD, Browser(network=hospital))
        for _ in range(LIMITS.misses_of_a_network + 5)
    }

    assert ended == {None}


async def test_tries_at_once_are_all_counted(database: str) -> None:
    """None of twenty at the same moment is the first one for free."""
    member, browser = await with_password(), Browser(network=network())

    ended = await asyncio.gather(
        *(outcome(member.email, f"guess {number}", browser) for number in range(20))
    )

    assert ended.count(NotSignedIn) == LIMITS.free_misses


async def test_what_is_no_name_is_counted_for_its_network_alone(database: str) -> None:
    """A password typed into the wrong box is kept nowhere, not even as a digest."""
    browser = Browser(network=network())

    ended = [
        await outcome("my secret sentence", "x", browser)
        for _ in range(LIMITS.misses_of_a_network + 1)
    ]

    assert ended.count(TooManyTries) == 1


async def test_links_are_asked_for_in_moderation(database: str) -> None:
    """From one network, whoever is asked for."""
    asking = network()
    for number in range(LIMITS.links_of_a_network):
        await ask_for_new_password(f"{1_000_000_000 + number}", asking, now=NOW)

    with pytest.raises(TooManyTries):
        await ask_for_new_password("1000000008", asking, now=NOW)
