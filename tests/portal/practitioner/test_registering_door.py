"""Somebody without an account is let in by the pages, and reaches what is theirs alone."""

from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from models.accounts.newcomer_sessions import NewcomerSession
from portal.web.cookies import Cookie
from support.accounts import OURS, Member, hidden_fields, press, with_password
from support.codes import another_code
from support.coming_in import ask, come_in, mailed_to, newest_session, sessions_of
from support.policies import frozen_policy
from support.portal import Clock

POLICY = frozen_policy().accounts
LAYLA = "layla@example.org"
STEPS = "/register/steps"


async def test_the_first_page_and_the_sign_in_lead_here(browser: httpx.AsyncClient) -> None:
    """Whoever has no account finds it."""
    for page in ("/", "/sign-in"):
        assert 'href="/register?lang=en"' in (await browser.get(page)).text


async def test_a_code_lets_in(browser: httpx.AsyncClient) -> None:
    """From the address to the steps; the browser gets another token once it is in."""
    asked = await ask(browser, LAYLA)
    first = browser.cookies[Cookie.NEWCOMER.value]
    shown = await browser.get("/register/code")
    let_in = await press(browser, "/register/code", {"code": await mailed_to(LAYLA)})
    steps = await browser.get(STEPS)

    assert (asked.status_code, asked.headers["Location"]) == (303, "/register/code")
    assert LAYLA in shown.text.replace("<wbr>", "")
    assert (let_in.status_code, let_in.headers["Location"]) == (303, STEPS)
    assert browser.cookies[Cookie.NEWCOMER.value] != first
    assert steps.status_code == 200
    assert "My registration" in steps.text


async def test_known_and_strange_addresses_are_answered_alike(
    browser: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    """Nothing tells whether somebody has an account, or wrote something here before."""
    member: Member = await with_password()
    known, strange = await ask(browser, member.email), await ask(other, LAYLA)
    pages = [(await each.get("/register/code")).text for each in (browser, other)]

    assert (known.status_code, known.headers["Location"]) == (
        strange.status_code,
        strange.headers["Location"],
    )
    texts = [
        text.replace("<wbr>", "").replace(hidden_fields(text, "/register/code")["csrf"], "")
        for text in pages
    ]
    assert texts[0].replace(member.email.casefold(), "") == texts[1].replace(LAYLA, "")


@pytest.mark.parametrize("typed", ["", "layla", "layla@", "@example.org", "x" * 3000])
async def test_what_is_no_address_is_told_beside_its_box(
    browser: httpx.AsyncClient, typed: str
) -> None:
    """No code is sent."""
    answer = await ask(browser, typed)

    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert Cookie.NEWCOMER.value not in browser.cookies


async def test_a_wrong_code_is_told_and_then_it_is_over(browser: httpx.AsyncClient) -> None:
    """With what was typed, until policy allows no more tries; another one can be asked for."""
    await ask(browser, LAYLA)
    code = await mailed_to(LAYLA)
    wrong = [
        await press(browser, "/register/code", {"code": another_code(code)})
        for _ in range(POLICY.code_tries)
    ]
    right = await press(browser, "/register/code", {"code": code})
    again = await press(browser, "/register/code", {}, action="/register/code/send")
    let_in = await press(browser, "/register/code", {"code": await mailed_to(LAYLA)})

    assert {answer.status_code for answer in wrong} == {422}
    assert another_code(code) in wrong[0].text
    assert "tried too often" in wrong[-1].text
    assert "no longer works" in right.text
    assert again.headers["Location"] == "/register/code"
    assert let_in.headers["Location"] == STEPS


async def test_an_old_code_is_over(browser: httpx.AsyncClient, clock: Clock) -> None:
    """So many minutes after its e-mail."""
    await ask(browser, LAYLA)
    code = await mailed_to(LAYLA)
    clock.forward(timedelta(minutes=POLICY.code_minutes))

    answer = await press(browser, "/register/code", {"code": code})

    assert answer.status_code == 422
    assert "no longer works" in answer.text


async def test_a_code_works_in_no_other_browser(
    browser: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    """Whoever reads it over a shoulder cannot come in by it."""
    await ask(browser, LAYLA)
    code = await mailed_to(LAYLA)
    nowhere = await other.post("/register/code", data={"code": code}, headers=OURS)
    await ask(other, "other@example.org")
    elsewhere = await press(other, "/register/code", {"code": code})

    assert nowhere.headers["Location"] == "/register"
    assert elsewhere.status_code == 422


async def test_two_presses_of_the_same_code_both_lead_on(browser: httpx.AsyncClient) -> None:
    """The second one comes with the token that the first one brought, as from another tab."""
    await ask(browser, LAYLA)
    code = await mailed_to(LAYLA)
    shown = hidden_fields((await browser.get("/register/code")).text, "/register/code")
    answers = [
        await browser.post("/register/code", data={**shown, "code": code}, headers=OURS)
        for _ in range(2)
    ]

    assert [answer.headers["Location"] for answer in answers] == [STEPS, STEPS]


async def test_too_many_codes_have_to_wait(browser: httpx.AsyncClient) -> None:
    """The page says until when, and so does a header."""
    for number in range(POLICY.links_of_a_network):
        await ask(browser, f"somebody{number}@example.org")

    answer = await ask(browser, LAYLA)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("page", "action", "status"),
    [
        ("/register", "/register", 403),
        ("/register/code", "/register/code", 403),
        ("/register/code", "/register/code/send", 403),
    ],
)
async def test_a_form_that_is_not_ours_does_nothing(
    browser: httpx.AsyncClient, page: str, action: str, status: int
) -> None:
    """No code is sent, and nobody is let in."""
    await ask(browser, LAYLA)
    code = await mailed_to(LAYLA)
    elsewhere = {"Sec-Fetch-Site": "cross-site"}

    answer = await press(
        browser, page, {"email": LAYLA, "code": code}, action=action, headers=elsewhere
    )

    (row,) = await sessions_of(LAYLA)
    assert answer.status_code == status
    assert row.confirmed_at is None
    assert row.tries == 0


async def test_whoever_leaves_needs_another_code(browser: httpx.AsyncClient) -> None:
    """Also with the cookie that the browser had; of somebody else's form nothing comes."""
    await come_in(browser, LAYLA)
    kept = browser.cookies[Cookie.NEWCOMER.value]
    await press(
        browser, STEPS, {}, action="/register/leave", headers={"Sec-Fetch-Site": "cross-site"}
    )
    still = await browser.get(STEPS)
    left = await press(browser, STEPS, {}, action="/register/leave")
    browser.cookies.set(Cookie.NEWCOMER.value, kept)

    assert still.status_code == 200
    assert left.headers["Location"].startswith("/")
    assert (await browser.get(STEPS)).headers["Location"] == "/register"
    assert (await newest_session()).ended_at is not None


async def test_the_door_closes_when_policy_says_so(
    browser: httpx.AsyncClient, clock: Clock
) -> None:
    """After some idle minutes, as for whoever has an account."""
    await come_in(browser, LAYLA)
    clock.forward(timedelta(minutes=POLICY.session_idle_minutes))

    assert (await browser.get(STEPS)).headers["Location"] == "/register"


async def test_whoever_has_an_account_and_is_signed_in_is_led_home(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """They are registered."""
    assert member.registration_number
    assert (await browser.get("/register")).headers["Location"] == "/home"


async def test_the_token_is_in_no_page_and_not_in_the_database(
    browser: httpx.AsyncClient, portal: FastAPI
) -> None:
    """Only its hash is kept, and scripts of a page could not read it."""
    await ask(browser, LAYLA)
    answer = await press(browser, "/register/code", {"code": await mailed_to(LAYLA)})
    token = browser.cookies[Cookie.NEWCOMER.value]
    row: NewcomerSession = await newest_session()

    assert portal is not None
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert token not in (await browser.get(STEPS)).text
    assert token not in str(row.model_dump())
