"""Passwords are hashed beside the event loop, so many at a time, at the cost that policy says."""

import asyncio
import threading

import pytest
from argon2 import PasswordHasher

from desk.accounts import hashing
from desk.accounts.hashing import TooManySignIns, fits, hash_password, is_outdated
from desk.accounts.signing_in import Browser, sign_in
from desk.policy import current_policy
from rules.policy.policy import parse_policy
from support.accounts import network, with_password
from support.policies import SHIPPED
from support.requests import NOW


def test_the_shipped_cost_is_what_owasp_asks_for() -> None:
    """Argon2id with 19 MiB and two passes, or more."""
    policy = parse_policy(SHIPPED.read_text(encoding="utf-8"), filename="policy.toml").accounts

    assert policy.hash_memory_kib >= 19 * 1024
    assert policy.hash_passes >= 2
    assert policy.hash_lanes >= 1


async def test_a_hash_of_another_cost_is_made_anew_at_sign_in(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the same password, which nobody has to change."""
    member = await with_password()
    before = await member.account()
    dearer = PasswordHasher(time_cost=2, memory_cost=128, parallelism=1)
    monkeypatch.setattr(hashing, "_hasher", lambda: dearer)

    for _ in range(2):
        await sign_in(member.email, member.password, Browser(network=network()), now=NOW)
    after = await member.account()

    assert before is not None
    assert after is not None
    assert "m=128,t=2,p=1" in str(after.password_hash)
    assert before.password_hash != after.password_hash
    assert not is_outdated(str(after.password_hash))
    assert (after.version, after.password_set_at) == (before.version, before.password_set_at)


async def test_no_more_are_computed_at_a_time_than_policy_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever would wait for too long is told; the loop goes on, and later all is well."""
    free, busy, most = threading.Event(), [], []

    def slow() -> bool:
        busy.append(1)
        most.append(len(busy))
        free.wait(30)
        busy.pop()
        return True

    monkeypatch.setattr(hashing, "PATIENCE", 0.2)
    working = [asyncio.create_task(hashing._beside(slow)) for _ in range(9)]
    turns = 0
    while not all(task.done() for task in working):
        turns += 1
        await asyncio.sleep(0.01)
    answers = await asyncio.gather(*working, return_exceptions=True)
    free.set()
    monkeypatch.setattr(hashing, "PATIENCE", 30)

    assert all(isinstance(answer, TooManySignIns) for answer in answers)
    assert max(most) <= current_policy().accounts.hashes_at_once
    assert turns > 3
    assert await fits("a password of ours", await hash_password("a password of ours"))
