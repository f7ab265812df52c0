"""What accounts leave behind does not stay for ever."""

from datetime import timedelta

import pytest
from sqlmodel import func, select

from desk.accounts.signing_in import Browser, NotSignedIn, sign_in
from desk.accounts.sweeping import sweep
from desk.policy import current_policy
from models.accounts.counts import SignInCount
from models.accounts.sessions import AccountSession, KnownDevice
from models.database import transaction
from support.accounts import PASSWORD, network, with_password
from support.requests import NOW


async def rows() -> list[int]:
    """How many sessions, known browsers and counts there are."""
    async with transaction() as session:
        return [
            (await session.exec(select(func.count()).select_from(table))).one()
            for table in (AccountSession, KnownDevice, SignInCount)
        ]


async def test_what_is_over_is_deleted_when_policy_says_so(database: str) -> None:
    """Misses after a day, sessions after a month, browsers after three."""
    limits = current_policy().accounts
    member = await with_password()
    await sign_in(member.email, PASSWORD, Browser(network=network()), now=NOW)
    with pytest.raises(NotSignedIn):
        await sign_in(member.email, "a guess", Browser(network=network()), now=NOW)

    await sweep(now=NOW, limit=100)
    before = await rows()
    await sweep(now=NOW + timedelta(hours=limits.misses_forgotten_hours + 1), limit=100)
    after_a_day = await rows()
    await sweep(now=NOW + timedelta(days=limits.session_kept_days + 1), limit=100)
    after_a_month = await rows()
    await sweep(now=NOW + timedelta(days=limits.device_days + 1), limit=100)

    assert before[:2] == [2, 2]
    assert before[2] > 0
    assert after_a_day == [2, 2, 0]
    assert after_a_month == [0, 2, 0]
    assert await rows() == [0, 0, 0]


async def test_a_sweep_takes_no_more_than_its_batch(database: str) -> None:
    """The next one goes on."""
    member = await with_password()
    for _ in range(4):
        await sign_in(member.email, PASSWORD, Browser(network=network()), now=NOW)
    late = NOW + timedelta(days=current_policy().accounts.device_days + 1)

    first = await sweep(now=late, limit=2)
    while await sweep(now=late, limit=2):
        pass

    assert first <= 6
    assert await rows() == [0, 0, 0]
