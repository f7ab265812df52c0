"""Whoever has set up an authenticator app is asked for its code after the password."""

from datetime import timedelta

import httpx
import pytest
from pyotp import TOTP

from portal.web.cookies import Cookie, cookie_name
from rules.accounts.kinds import Proof
from support.accounts import Member, press, sign_in_as, with_password
from support.portal import Clock
from support.requests import NOW
from support.staff import app_of

pytestmark = pytest.mark.usefixtures("master_keys")

SESSION = cookie_name(Cookie.SESSION)


async def with_app() -> tuple[Member, TOTP, tuple[str, ...]]:
    """Somebody with an app, and the codes that they wrote down."""
    member = await with_password()
    account = await member.account()
    assert account is not None
    return member, *await app_of(account.id)


async def press_code(browser: httpx.AsyncClient, code: str) -> httpx.Response:
    """Send the second form."""
    return await press(browser, "/sign-in/second", {"code": code})


async def test_a_password_alone_opens_no_page(browser: httpx.AsyncClient) -> None:
    """It leads to the form for the code, and to nothing else."""
    member, _, _ = await with_app()

    answer = await sign_in_as(browser, member)
    home = await browser.get("/home")

    assert answer.headers["location"].startswith("/sign-in/second?")
    assert SESSION not in browser.cookies
    assert home.headers["location"].startswith("/sign-in?")


async def test_the_app_s_code_signs_in(browser: httpx.AsyncClient) -> None:
    """The session says what it was proved by."""
    member, app, _ = await with_app()
    await sign_in_as(browser, member)

    answer = await press_code(browser, app.at(NOW))

    assert answer.headers["location"].startswith("/home")
    assert (await browser.get("/home")).status_code == 200
    assert (await member.sessions())[-1].proof is Proof.TOTP


async def test_a_code_is_taken_once(browser: httpx.AsyncClient) -> None:
    """Whoever looked over a shoulder has half a minute, and no use of it."""
    member, app, written = await with_app()
    for code in (app.at(NOW), written[0]):
        await sign_in_as(browser, member)
        await press_code(browser, code)
        browser.cookies.clear()
        await sign_in_as(browser, member)

        again = await press_code(browser, code)

        assert again.status_code == 422
        assert SESSION not in browser.cookies


@pytest.mark.parametrize("away", [-60, 60])
async def test_a_code_of_another_time_is_refused(browser: httpx.AsyncClient, away: int) -> None:
    """Clocks may differ by one step, and not by two."""
    member, app, _ = await with_app()
    await sign_in_as(browser, member)

    answer = await press_code(browser, app.at(NOW + timedelta(seconds=away)))

    assert answer.status_code == 422


async def test_half_a_sign_in_does_not_last(browser: httpx.AsyncClient, clock: Clock) -> None:
    """After ten minutes it begins with the password."""
    member, _, _ = await with_app()
    await sign_in_as(browser, member)
    clock.now = NOW + timedelta(minutes=10)

    answer = await browser.get("/sign-in/second")

    assert answer.headers["location"] == "/sign-in"
