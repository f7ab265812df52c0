"""Whoever has no account is let in by a code that was e-mailed, to what is theirs alone."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select

from desk.accounts.address_codes import CodeOver, mint_code
from desk.accounts.counting import TooManyTries
from desk.accounts.newcomers import (
    NewcomerRefused,
    ask_for_code,
    asked_address,
    leave,
    let_in_by_code,
    who_came_in,
)
from desk.accounts.sweeping import sweep
from models.database import transaction
from models.letters import Letter
from rules.findings.problems import ValueRefused
from rules.requests.letter_status import LetterStatus
from support.accounts import network, with_password
from support.codes import another_code
from support.coming_in import asked_by, came_in, mailed_to, sessions_of
from support.policies import frozen_policy
from support.requests import NOW

POLICY = frozen_policy().accounts
LAYLA = "layla@example.org"

pytestmark = pytest.mark.usefixtures("database")


async def letters_to(address: str) -> list[Letter]:
    """The e-mails with codes that this mailbox gets, oldest first."""
    async with transaction() as session:
        query = (
            select(Letter)
            .where(col(Letter.to_address) == address, col(Letter.letter) == "registration_code")
            .order_by(col(Letter.created_at))
        )
        return list((await session.exec(query)).all())


async def refused(token: str, code: str, *, after: timedelta = timedelta()) -> str:
    """Why nobody is let in; "" where somebody is."""
    try:
        await let_in_by_code(token, code, now=NOW + after)
    except NewcomerRefused as why:
        return why.fault
    return ""


async def test_the_right_code_lets_in_under_a_token_of_its_own() -> None:
    """The one that the browser had before opens nothing; neither is in the database."""
    asked = await asked_by(LAYLA)

    token = await let_in_by_code(asked.token, asked.code, now=NOW)

    (row,) = await sessions_of(LAYLA)
    found = await who_came_in(token, now=NOW)
    assert found is not None
    assert found.address == LAYLA
    assert await who_came_in(asked.token, now=NOW) is None
    assert token not in str(row.model_dump())
    assert [kept.startswith("$argon2id$") for kept in row.hashes] == [True]


async def test_asking_alone_opens_nothing() -> None:
    """The browser knows where the code went, and that is all."""
    asked = await asked_by(LAYLA)

    assert await who_came_in(asked.token, now=NOW) is None
    assert await asked_address(asked.token) == LAYLA
    assert await asked_address("x" * 43) is None


async def test_a_known_mailbox_gets_what_a_strange_one_gets() -> None:
    """The same e-mail, word for word, to somebody with an account and to nobody."""
    member = await with_password()
    await asked_by(member.email.casefold())
    await asked_by(LAYLA)

    (known,), (strange,) = (
        await letters_to(member.email.casefold()),
        await letters_to(LAYLA),
    )

    assert known.facts == strange.facts
    assert (known.account_id, known.request_id) == (strange.account_id, strange.request_id)
    assert (known.account_id, known.request_id) == (None, None)


async def test_the_code_goes_to_the_mailbox_as_it_is_compared() -> None:
    """Reading one mailbox never opens what another one wrote: both are written in one way."""
    await ask_for_code("  LAYLA@Example.org ", network(), "ar", now=NOW)

    assert len(await letters_to(LAYLA)) == 1


@pytest.mark.parametrize("typed", ["", "layla", "layla@", "a@b.example\r\nBcc: c@d.example"])
async def test_what_is_no_address_gets_no_code(typed: str) -> None:
    """It is refused as everywhere."""
    with pytest.raises(ValueRefused):
        await ask_for_code(typed, network(), "ar", now=NOW)


async def test_the_code_works_in_the_browser_that_asked() -> None:
    """Typed in another one, which has asked for one of its own, it is wrong."""
    mine = await asked_by(LAYLA)
    other = await asked_by("other@example.org")

    assert await refused(other.token, mine.code) == "wrong"
    assert await refused("x" * 43, mine.code) == "over"


async def test_wrong_codes_use_it_up() -> None:
    """Then the right one lets nobody in any more."""
    asked = await asked_by(LAYLA)

    ended = [await refused(asked.token, another_code(asked.code)) for _ in range(POLICY.code_tries)]

    assert ended == ["wrong"] * (POLICY.code_tries - 1) + ["last"]
    assert await refused(asked.token, asked.code) == "over"


async def test_as_many_at_once_are_as_many() -> None:
    """Each counts before it is judged."""
    asked = await asked_by(LAYLA)

    ended = await asyncio.gather(
        *(refused(asked.token, another_code(asked.code)) for _ in range(12))
    )

    assert ended.count("over") == 12 - POLICY.code_tries


@pytest.mark.parametrize("text", ["", "12345", "12345x", "1" * 10_000])
async def test_what_is_no_code_does_not_count(text: str) -> None:
    """All tries are left."""
    asked = await asked_by(LAYLA)

    assert await refused(asked.token, text) == "form"
    assert (await sessions_of(LAYLA))[0].tries == 0


async def test_a_code_is_over_when_policy_says_so() -> None:
    """Counted from its e-mail on."""
    asked = await asked_by(LAYLA)
    end = timedelta(minutes=POLICY.code_minutes)

    assert await refused(asked.token, asked.code, after=end) == "over"
    assert await refused(asked.token, asked.code, after=end - timedelta(seconds=1)) == ""


async def test_a_code_lets_in_once() -> None:
    """Of two presses at once one is let in, and the other one is told that it is over."""
    asked = await asked_by(LAYLA)

    ended = await asyncio.gather(*(refused(asked.token, asked.code) for _ in range(2)))

    assert sorted(ended) == ["", "over"]


async def test_another_code_ends_the_one_before() -> None:
    """Its e-mail does not leave if it has not left, and it lets nobody in."""
    first = await ask_for_code(LAYLA, network(), "ar", now=NOW)
    second = await ask_for_code(LAYLA, network(), "ar", before=first, now=NOW)

    one, _ = sorted(await letters_to(LAYLA), key=lambda each: each.status == LetterStatus.QUEUED)
    code = await mailed_to(LAYLA)
    assert one.status == LetterStatus.SKIPPED
    with pytest.raises(CodeOver):
        await mint_code(one.id, now=NOW)
    assert await refused(first, code) == "over"
    assert second != first


async def test_codes_are_limited_for_a_network_and_for_a_mailbox() -> None:
    """Whoever asks from elsewhere, or for somebody else, goes on."""
    here = network()
    for number in range(POLICY.links_of_a_network):
        await ask_for_code(f"somebody{number}@example.org", here, "ar", now=NOW)
    with pytest.raises(TooManyTries):
        await ask_for_code(LAYLA, here, "ar", now=NOW)
    for _ in range(POLICY.codes_to_a_mailbox):
        await ask_for_code(LAYLA, network(), "ar", now=NOW)
    with pytest.raises(TooManyTries):
        await ask_for_code(LAYLA, network(), "ar", now=NOW)

    await ask_for_code("other@example.org", network(), "ar", now=NOW)


async def test_a_newcomer_s_session_ends_as_a_practitioner_s_does() -> None:
    """Idle for too long, or too old however much it is used."""
    token, _ = await came_in(LAYLA)
    idle = timedelta(minutes=POLICY.session_idle_minutes)
    used, now = True, NOW
    while now + idle / 2 < NOW + timedelta(hours=POLICY.session_hours):
        now += idle / 2
        used &= await who_came_in(token, now=now) is not None

    assert used
    assert await who_came_in(token, now=NOW + timedelta(hours=POLICY.session_hours)) is None
    another, _ = await came_in("other@example.org")
    assert await who_came_in(another, now=NOW + idle) is None


async def test_whoever_leaves_is_gone() -> None:
    """Left again, it is the same."""
    token, _ = await came_in(LAYLA)

    await leave(token, now=NOW)
    await leave(token, now=NOW)

    assert await who_came_in(token, now=NOW) is None


async def test_what_newcomers_leave_behind_is_deleted() -> None:
    """So long after they were here last as sessions are kept."""
    await came_in(LAYLA)
    kept = timedelta(days=POLICY.session_kept_days)

    await sweep(now=NOW + kept, limit=100)
    before = len(await sessions_of(LAYLA))
    await sweep(now=NOW + kept + timedelta(seconds=1), limit=100)

    assert (before, len(await sessions_of(LAYLA))) == (1, 0)
