"""Whether somebody has an account is not to be read from a clock.

Nothing is held to a number of seconds, which a busy machine would break: both sorts of answers are
measured in turns, and neither is nearly always the faster one.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import httpx
import pytest

from desk.accounts import hashing
from desk.policy import current_policy
from support.accounts import OURS, hidden_fields, on_register, with_password


@pytest.fixture
async def real_cost(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The cost of a hash as the shipped policy has it, and room for many tries."""
    accounts = replace(
        current_policy().accounts,
        hash_memory_kib=19_456,
        hash_passes=2,
        free_misses=1000,
        misses_of_a_name=1000,
        misses_of_a_network=1000,
        links_of_a_network=1000,
    )
    changed = replace(current_policy(), accounts=accounts)
    for module in ("hashing", "counting", "signing_in", "asking"):
        monkeypatch.setattr(f"desk.accounts.{module}.current_policy", lambda: changed)
    for cached in (hashing._hasher, hashing._nobodys):
        cached.cache_clear()
    yield
    for cached in (hashing._hasher, hashing._nobodys):
        cached.cache_clear()


async def seconds(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def share_faster(
    one: Callable[[], Awaitable[object]], other: Callable[[], Awaitable[object]], *, times: int
) -> float:
    """In which share of the pairs ``one`` was faster; who goes first changes each time."""
    faster = 0
    for number in range(times):
        if number % 2:
            theirs, ours = await seconds(other), await seconds(one)
        else:
            ours, theirs = await seconds(one), await seconds(other)
        faster += ours < theirs
    return faster / times


async def is_told(
    one: Callable[[], Awaitable[object]], other: Callable[[], Awaitable[object]], *, times: int
) -> bool:
    """Whether one of them is nearly always the faster one; measured again before that is said."""
    for _ in range(4):
        share = await share_faster(one, other, times=times)
        if 0.2 < share < 0.8:
            return False
    return True


async def test_an_unknown_name_takes_as_long_as_a_wrong_password(
    browser: httpx.AsyncClient, real_cost: None
) -> None:
    """As the same hash is computed for nobody."""
    member = await with_password()
    shown = await browser.get("/sign-in")
    fields = {**hidden_fields(shown.text, "/sign-in"), "password": "not the password"}

    def attempt(name: str) -> Callable[[], Awaitable[object]]:
        return lambda: browser.post("/sign-in", data={**fields, "name": name}, headers=OURS)

    known, nobody = attempt(member.identity_number), attempt("1999999998")
    await known()
    await nobody()

    assert not await is_told(nobody, known, times=30)


async def test_asking_for_a_link_takes_as_long_for_nobody(
    browser: httpx.AsyncClient, real_cost: None
) -> None:
    """Whether an e-mail was queued or not."""
    members = [await on_register() for _ in range(40)]
    shown = await browser.get("/first-sign-in")
    csrf = hidden_fields(shown.text, "/first-sign-in")
    waiting = iter(members)

    def ask(number: str, identity: str) -> Awaitable[object]:
        fields = {**csrf, "registration_number": number, "identity_number": identity}
        return browser.post("/first-sign-in", data=fields, headers=OURS)

    def known() -> Awaitable[object]:
        member = next(waiting)
        return ask(member.registration_number, member.identity_number)

    told = await is_told(lambda: ask("99999999", "1999999998"), known, times=20)

    assert not told
    assert await members[0].letters()
