"""An authenticator app of whoever wants one, and showing again that it is oneself."""

import re
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from pyotp import TOTP

from rules.accounts.kinds import Proof, SessionEnd
from support.accounts import Member, press, sign_in_as
from support.pages import fill
from support.portal import Clock
from support.requests import NOW
from support.staff import app_of, changes_told, letters_of

pytestmark = pytest.mark.usefixtures("master_keys")

PAGE, CONFIRM = "/account/second-factor", "/account/confirm"
LATER = NOW + timedelta(minutes=15)


async def account_id(member: Member) -> UUID:
    """Of the account."""
    account = await member.account()
    assert account is not None
    return account.id


async def set_up(browser: httpx.AsyncClient) -> tuple[TOTP, list[str]]:
    """By the pages; the app, and the codes that were shown."""
    answer = await press(browser, PAGE, {}, action=f"{PAGE}/app")
    shown = await browser.get(answer.headers["location"])
    secret = "".join(re.findall(r"<span>([A-Z2-7]+)</span>", shown.text))
    app = TOTP(secret)
    done = await press(browser, f"{PAGE}/app", {"code": app.at(NOW)}, action=f"{PAGE}/app/confirm")
    return app, re.findall(r"<li>([A-Z0-9-]{19})</li>", done.text)


async def test_an_app_is_set_up_and_taken_off(
    browser: httpx.AsyncClient, other: httpx.AsyncClient, member: Member
) -> None:
    """The other sessions end each time, and the owner is told."""
    await sign_in_as(other, member)

    _, codes = await set_up(browser)
    ended = [one.ended_because for one in await member.sessions()]
    removed = await press(browser, PAGE, {}, action=f"{PAGE}/app/remove")

    assert len(set(codes)) == 10
    assert sorted(map(str, ended)) == ["None", *[SessionEnd.FACTOR_CHANGED] * 2]
    assert removed.headers["location"] == PAGE
    assert await changes_told(await account_id(member)) == ["app_added", "app_removed"]
    assert (await sign_in_as(other, member)).headers["location"].startswith("/home")


async def test_a_secret_is_kept_by_no_cache_and_stands_in_no_address(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Nor is it shown once it counts."""
    answer = await press(browser, PAGE, {}, action=f"{PAGE}/app")
    shown = await browser.get(answer.headers["location"])
    secret = "".join(re.findall(r"<span>([A-Z2-7]+)</span>", shown.text))

    assert len(secret) == 32
    assert shown.headers["cache-control"] == "no-store"
    assert secret not in answer.headers["location"]
    assert "style=" not in shown.text
    await app_of(await account_id(member))
    assert (await browser.get(f"{PAGE}/app")).headers["location"] == PAGE


async def test_another_code_confirms_nothing(browser: httpx.AsyncClient, member: Member) -> None:
    """The page is shown again, and the password is still enough."""
    await press(browser, PAGE, {}, action=f"{PAGE}/app")

    refused = await press(browser, f"{PAGE}/app", {"code": "0"}, action=f"{PAGE}/app/confirm")

    assert refused.status_code == 422
    assert "not correct" in refused.text
    assert await changes_told(await account_id(member)) == []


async def test_new_codes_take_the_place_of_those_before(
    browser: httpx.AsyncClient, other: httpx.AsyncClient, member: Member
) -> None:
    """And one that is used is told of, with how many are left."""
    _, before = await set_up(browser)
    renewed = await press(browser, PAGE, {}, action=f"{PAGE}/codes")
    codes = re.findall(r"<li>([A-Z0-9-]{19})</li>", renewed.text)

    await sign_in_as(other, member)
    old = await press(other, "/sign-in/second", {"code": before[0]})
    new = await press(other, "/sign-in/second", {"code": codes[0].lower().replace("-", " ")})

    assert (old.status_code, new.status_code) == (422, 303)
    used = [
        row.facts["codes_left"]
        for row in await letters_of(await account_id(member))
        if row.letter == "recovery_code_used"
    ]
    assert set(used) == {9}


async def test_what_matters_asks_again_after_a_while(
    browser: httpx.AsyncClient, member: Member, clock: Clock
) -> None:
    """For the password, and goes on to the page; the session is a new one."""
    path = f"{PAGE}/app"
    clock.now = LATER

    led = await browser.get(path)
    wrong = await press(browser, led.headers["location"], {"password": "no"}, action=CONFIRM)
    right = await press(
        browser, led.headers["location"], {"password": member.password}, action=CONFIRM
    )

    assert led.headers["location"] == f"{CONFIRM}?to={path.replace('/', '%2F')}"
    assert wrong.status_code == 422
    assert right.headers["location"] == path
    _, before, now = await member.sessions()
    assert (before.ended_because, now.proof) == (SessionEnd.FOLLOWED, Proof.PASSWORD)


@pytest.mark.parametrize("action", ["app", "app/remove", "codes"])
async def test_a_press_after_a_while_does_nothing(
    browser: httpx.AsyncClient, member: Member, clock: Clock, action: str
) -> None:
    """It leads to the page that asks."""
    await set_up(browser)
    before = await changes_told(await account_id(member))
    clock.now = LATER

    answer = await press(browser, PAGE, {}, action=f"{PAGE}/{action}")

    assert answer.headers["location"].startswith(f"{CONFIRM}?to=%2Faccount%2Fsecond-factor")
    assert await changes_told(await account_id(member)) == before


async def test_the_app_s_code_is_asked_for_again_too(
    browser: httpx.AsyncClient, member: Member, clock: Clock
) -> None:
    """The password alone proves nothing; wrong codes are counted."""
    app, _ = await set_up(browser)
    clock.now = LATER
    fields = {"password": member.password}

    alone = await press(browser, CONFIRM, {**fields, "code": ""})
    both = await press(browser, CONFIRM, {**fields, "code": app.at(LATER)})

    assert (alone.status_code, both.status_code) == (422, 303)
    assert (await member.sessions())[-1].proof is Proof.TOTP
    for _ in range(9):
        last = await press(browser, CONFIRM, {**fields, "code": "0"})
    assert last.status_code == 429


async def test_how_somebody_is_reached_is_not_changed_long_after_the_sign_in(
    browser: httpx.AsyncClient, member: Member, clock: Clock
) -> None:
    """What was typed stays, and is sent after the password."""
    await fill(browser, "/update/edit/contact", mobile="0551112233")
    clock.now = LATER

    led = await press(browser, "/update/review", {"sure": "yes"})
    done = await press(
        browser, led.headers["location"], {"password": member.password}, action=CONFIRM
    )
    review = await browser.get(done.headers["location"])

    assert led.headers["location"] == f"{CONFIRM}?to=%2Fupdate%2Freview"
    assert "+966551112233" in review.text


async def test_a_new_browser_is_told_of_and_a_known_one_is_not(
    browser: httpx.AsyncClient, other: httpx.AsyncClient, member: Member
) -> None:
    """The very first was no news."""

    async def told() -> list[str]:
        rows = await letters_of(await account_id(member))
        return [row.facts["browser"] for row in rows if row.letter == "new_device"]

    before = await told()
    other.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
    await sign_in_as(other, member)
    once = await told()
    await press(other, "/home", {}, action="/sign-out")
    await sign_in_as(other, member)

    assert set(once) - set(before) == {"Firefox, Linux"}
    assert await told() == once
