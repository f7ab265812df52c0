"""Passkeys without pages: two at once, and what is left behind."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from desk.accounts.challenges import ChallengeOver
from desk.accounts.passkey_sign_in import ask_alone, sign_in_alone
from desk.accounts.passkeys import add_passkey, ask_to_make, own_passkeys, remove_passkey
from desk.accounts.signed_in import SignedIn, whose_session
from desk.accounts.signing_in import Browser, Tokens
from desk.accounts.sweeping import sweep
from desk.policy import current_policy
from models.accounts.challenges import PasskeyChallenge
from models.database import transaction
from rules.accounts.passkeys import PasskeyRefused, PasskeySite
from support.accounts import first_tokens, network, on_register
from support.passkeys import HOST, ORIGIN, Device
from support.requests import NOW

SITE = PasskeySite(host=HOST, origin=ORIGIN, name="Mumaris")
VISIT = "v" * 43


async def somebody() -> SignedIn:
    """Somebody who is signed in."""
    tokens = await first_tokens(await on_register())
    found = await whose_session(tokens.session, now=NOW)
    assert found is not None
    return found


async def with_passkey() -> tuple[SignedIn, Device]:
    """Somebody with a passkey."""
    who = await somebody()
    device, answer = Device().made(await ask_to_make(who, SITE, now=NOW))
    await add_passkey(who, answer, "my phone", SITE, now=NOW)
    return who, device


async def shown(device: Device) -> str:
    """The device's answer to a question at the sign-in page."""
    return device.shown(await ask_alone(VISIT, network(), SITE, now=NOW))


async def signed_in(answer: str) -> Tokens:
    """A session by it."""
    return await sign_in_alone(VISIT, answer, SITE, Browser(network=network()), now=NOW)


async def test_of_two_sign_ins_with_one_answer_one_succeeds(database: str) -> None:
    """Whoever has overheard it may be quick; there is one session."""
    _, device = await with_passkey()
    answer = await shown(device)

    ended = await asyncio.gather(*(signed_in(answer) for _ in range(4)), return_exceptions=True)

    assert [type(one) for one in ended].count(Tokens) == 1
    assert [type(one) for one in ended].count(ChallengeOver) == 3


async def test_of_two_presses_one_adds_a_passkey(database: str) -> None:
    """The second is refused, whatever the two found when they began."""
    who = await somebody()
    _, answer = Device().made(await ask_to_make(who, SITE, now=NOW))

    ended = await asyncio.gather(
        *(add_passkey(who, answer, "my phone", SITE, now=NOW) for _ in range(2)),
        return_exceptions=True,
    )

    assert [type(one) for one in ended].count(ChallengeOver) == 1
    assert len(await own_passkeys(who.account_id)) == 1


async def test_a_passkey_that_is_taken_off_meanwhile_signs_in_nobody(database: str) -> None:
    """The question was asked before, the answer came after."""
    who, device = await with_passkey()
    answer = await shown(device)
    (passkey,) = await own_passkeys(who.account_id)

    await remove_passkey(who, passkey.id, now=NOW)

    with pytest.raises(PasskeyRefused):
        await signed_in(answer)


async def test_an_answer_that_was_refused_is_used_up(database: str) -> None:
    """A challenge that somebody answered wrongly is not there for a better answer."""
    _, device = await with_passkey()
    answer = await shown(device)

    with pytest.raises(PasskeyRefused):
        await signed_in("nonsense")
    with pytest.raises(ChallengeOver):
        await signed_in(answer)


async def test_questions_that_nobody_answered_are_swept(database: str) -> None:
    """When they cannot be answered any more, and not before."""
    await ask_alone(VISIT, network(), SITE, now=NOW)
    minutes = timedelta(minutes=current_policy().accounts.passkey_minutes)

    await sweep(now=NOW + minutes, limit=100)
    before = await questions()
    await sweep(now=NOW + minutes + timedelta(seconds=1), limit=100)

    assert (before, await questions()) == (1, 0)


async def questions() -> int:
    """How many are open."""
    async with transaction() as session:
        return len((await session.exec(select(PasskeyChallenge))).all())
