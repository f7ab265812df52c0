"""Passkeys and what matters most: officers' first sign-in, showing it again, and who is told."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from desk.policy import current_policy
from models.database import transaction
from models.officers import Officer
from portal.web.cookies import Cookie, cookie_name
from rules.accounts.kinds import Proof, Role, SessionEnd
from support.accounts import OURS, Member, hidden_fields, press, sign_in_as, with_password
from support.passkeys import Device, added, options_from
from support.portal import Clock
from support.staff import changes_told, sign_in_staff, with_password_alone

SESSION = cookie_name(Cookie.SESSION)
PAGE = "/account/passkeys"
SET_UP = "/sign-in/set-up"
CONFIRM = "/account/confirm"


@pytest.fixture
async def other(portal: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Another browser."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(portal), base_url="http://portal.test"
    ) as client:
        yield client


async def own_page(browser: httpx.AsyncClient) -> str:
    """The address of the one passkey's page."""
    listed = (await browser.get(PAGE)).text
    number = listed.partition(f'href="{PAGE}/')[2].partition("?")[0]
    return f"{PAGE}/{number}"


async def test_an_officer_s_first_sign_in_is_finished_by_a_passkey(
    browser: httpx.AsyncClient,
) -> None:
    """No session before; the codes are shown, and from then on the passkey signs in."""
    staff = await with_password_alone(Role.OFFICER)
    await sign_in_staff(browser, staff)
    chosen = await browser.get("/sign-in/second")
    before = await browser.get("/desk")
    options = await options_from(browser, SET_UP, f"{SET_UP}/passkey")
    device, answer = Device().made(options)

    codes = await press(
        browser, SET_UP, {"credential": answer, "name": "my key"}, action=f"{SET_UP}/passkey"
    )
    inside = await browser.get("/desk")
    again = await browser.get(SET_UP)

    assert chosen.headers["location"] == SET_UP
    assert before.status_code == 303
    assert codes.text.count("<li>") == current_policy().accounts.recovery_codes
    assert inside.status_code == 200
    assert again.status_code == 303
    assert (await staff.sessions())[-1].proof is Proof.PASSKEY
    assert await changes_told((await staff.account()).id) == ["passkey_added"]
    browser.cookies.clear()
    await sign_in_staff(browser, staff)
    shown = device.shown(await options_from(browser, "/sign-in/second", "/sign-in/second/passkey"))
    done = await press(
        browser, "/sign-in/second", {"credential": shown}, action="/sign-in/second/passkey"
    )
    assert done.status_code == 303
    assert SESSION in browser.cookies


async def test_whoever_has_something_beside_the_password_sets_up_nothing_half_way(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Who knows a practitioner's password does not add their own passkey with it."""
    await added(browser)
    browser.cookies.clear()
    await sign_in_as(browser, member)
    fields = hidden_fields((await browser.get("/sign-in/second")).text, "/sign-in/second")

    asked = await browser.post(f"{SET_UP}/passkey/options", data=fields, headers=OURS)
    sent = await browser.post(
        f"{SET_UP}/passkey", data={**fields, "credential": "{}"}, headers=OURS
    )

    assert (asked.status_code, asked.json()) == (409, {"fault": "over"})
    assert sent.headers["location"] == "/sign-in"
    assert SESSION not in browser.cookies


async def test_what_is_wrong_half_way_is_said_beside_what_was_typed(
    browser: httpx.AsyncClient,
) -> None:
    """A name that cannot be shown, a cancelled prompt, an answer that was not asked for."""
    await sign_in_staff(browser, await with_password_alone(Role.OFFICER))
    action = f"{SET_UP}/passkey"
    _, answer = Device().made(await options_from(browser, SET_UP, action))

    name = await press(browser, SET_UP, {"credential": answer, "name": "<b>"}, action=action)
    cancelled = await press(
        browser, SET_UP, {"fault": "NotAllowedError", "name": "my key"}, action=action
    )
    refused = await press(browser, SET_UP, {"credential": "{}", "name": "my key"}, action=action)
    late = await press(browser, SET_UP, {"credential": answer, "name": "my key"}, action=action)

    found = [one.status_code for one in (name, cancelled, refused, late)]
    assert found == [422, 422, 422, 409]
    assert 'value="&lt;b&gt;"' in name.text
    assert 'value="my key"' in cancelled.text
    assert SESSION not in browser.cookies


async def test_an_officer_keeps_the_last_passkey(browser: httpx.AsyncClient) -> None:
    """Something beside the password has to stay."""
    await sign_in_staff(browser, await with_password_alone(Role.OFFICER))
    action = f"{SET_UP}/passkey"
    _, answer = Device().made(await options_from(browser, SET_UP, action))
    await press(browser, SET_UP, {"credential": answer, "name": "my key"}, action=action)
    own = await own_page(browser)

    refused = await press(browser, own, {}, action=f"{own}/remove")

    assert refused.status_code == 409
    assert "has to stay" in refused.text
    assert "my key" in (await browser.get(PAGE)).text


async def test_an_officer_who_has_left_signs_in_by_no_passkey(browser: httpx.AsyncClient) -> None:
    """It reads as one that nobody knows."""
    staff = await with_password_alone(Role.OFFICER)
    await sign_in_staff(browser, staff)
    action = f"{SET_UP}/passkey"
    device, answer = Device().made(await options_from(browser, SET_UP, action))
    await press(browser, SET_UP, {"credential": answer, "name": "my key"}, action=action)
    async with transaction() as session:
        (await session.get_one(Officer, staff.user_name)).active = False
    browser.cookies.clear()
    alone = "/sign-in/passkey"

    shown = device.shown(await options_from(browser, alone, alone))
    refused = await press(browser, alone, {"credential": shown})

    assert refused.status_code == 422
    assert "It was not added to this account, or it was removed" in refused.text
    assert SESSION not in browser.cookies


async def test_a_passkey_that_comes_or_goes_is_told(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """By e-mail, once each."""
    account = await member.account()
    assert account is not None
    await added(browser)
    own = await own_page(browser)
    await press(browser, own, {"name": "the old phone"})
    await press(browser, own, {}, action=f"{own}/remove")

    assert await changes_told(account.id) == ["passkey_added", "passkey_removed"]


async def test_after_a_while_a_passkey_is_added_or_taken_off_by_who_shows_it_is_them(
    browser: httpx.AsyncClient, member: Member, clock: Clock
) -> None:
    """Whoever finds an open browser adds no key of their own."""
    await added(browser)
    own = await own_page(browser)
    fields = hidden_fields((await browser.get(PAGE)).text, PAGE)
    clock.forward(timedelta(minutes=current_policy().accounts.proof_minutes))

    answers = [
        await browser.post(path, data=fields, headers=OURS)
        for path in (PAGE, f"{PAGE}/options", f"{own}/remove")
    ]

    assert {one.headers["location"] for one in answers} == {
        "/account/confirm?to=%2Faccount%2Fpasskeys"
    }
    assert (await browser.get(own)).status_code == 200


async def test_a_passkey_shows_again_that_it_is_oneself(
    browser: httpx.AsyncClient, member: Member, clock: Clock
) -> None:
    """Without a password; the session becomes another one, and an answer works once."""
    device = await added(browser)
    before = browser.cookies[SESSION]
    clock.forward(timedelta(minutes=current_policy().accounts.proof_minutes))
    page = f"{CONFIRM}?to=%2Faccount%2Fpasskeys"
    answer = device.shown(await options_from(browser, page, f"{CONFIRM}/passkey"))

    done = await press(browser, page, {"credential": answer}, action=f"{CONFIRM}/passkey")
    again = await press(browser, page, {"credential": answer}, action=f"{CONFIRM}/passkey")

    assert done.headers["location"] == PAGE
    assert browser.cookies[SESSION] != before
    assert again.status_code == 409
    newest = max(await member.sessions(), key=lambda one: one.proved_at)
    assert (newest.proof, newest.proved_at) == (Proof.PASSKEY, clock.now)
    assert SessionEnd.FOLLOWED in {one.ended_because for one in await member.sessions()}


async def test_another_one_s_passkey_shows_nothing(
    browser: httpx.AsyncClient, member: Member, other: httpx.AsyncClient
) -> None:
    """Nor does one that is asked in another form; wrong ones are counted."""
    await added(browser)
    await sign_in_as(other, await with_password())
    theirs = await added(other)
    action = f"{CONFIRM}/passkey"
    found = []
    for _ in range(current_policy().accounts.free_misses + 1):
        answer = theirs.shown(await options_from(browser, CONFIRM, action))
        page = await press(browser, CONFIRM, {"credential": answer}, action=action)
        found.append(page.status_code)

    assert found == [422] * current_policy().accounts.free_misses + [429]


async def test_a_question_of_one_form_leaves_that_of_another(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Two windows of one session do not disturb each other."""
    await added(browser)
    _, answer = Device().made(await options_from(browser, PAGE, PAGE))
    await options_from(browser, CONFIRM, f"{CONFIRM}/passkey")

    done = await press(browser, PAGE, {"credential": answer, "name": "another"})

    assert done.status_code == 303
