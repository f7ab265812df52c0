"""Forms are sent by our own pages, in the browser that was shown them."""

import httpx
import pytest

from support.accounts import OURS, Member, hidden_fields, sign_in_as, with_password

ORIGIN = "http://portal.test"


async def fill_in(browser: httpx.AsyncClient) -> tuple[Member, dict[str, str]]:
    """A sign-in form as it was shown, filled in."""
    member = await with_password()
    shown = await browser.get("/sign-in?lang=en")
    fields = hidden_fields(shown.text, "/sign-in")
    return member, {**fields, "name": member.email, "password": member.password}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://other.portal.test"},
        {"Sec-Fetch-Site": "none"},
        # A newer browser's own word counts for more than what stands beside it.
        {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://portal.test.evil.example"},
        {"Origin": "http://[portal.test"},
        {},
    ],
)
async def test_a_form_from_elsewhere_is_shown_again_and_does_nothing(
    browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    """With the name that was typed, and never with the password."""
    member, fields = await fill_in(browser)

    answer = await browser.post("/sign-in?lang=en", data=fields, headers=headers)

    assert answer.status_code == 403
    assert f'value="{member.email}"' in answer.text
    assert member.password not in answer.text
    assert "could not check that this came from our page" in answer.text
    assert "session" not in {cookie.name for cookie in browser.cookies.jar}


@pytest.mark.parametrize("headers", [OURS, {"Origin": ORIGIN}, {**OURS, "Origin": "null"}])
async def test_a_form_of_ours_is_taken_from_browsers_old_and_new(
    browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    """An old one without Sec-Fetch-Site names our origin."""
    _, fields = await fill_in(browser)

    answer = await browser.post("/sign-in", data=fields, headers=headers)

    assert answer.status_code == 303


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "é"])
async def test_a_form_without_its_token_does_nothing(
    browser: httpx.AsyncClient, token: str
) -> None:
    """Whatever the browser says of where it comes from."""
    _, fields = await fill_in(browser)

    answer = await browser.post("/sign-in", data={**fields, "csrf": token}, headers=OURS)

    assert answer.status_code == 403


async def test_a_token_of_another_browser_is_not_taken(
    browser: httpx.AsyncClient, portal: object
) -> None:
    """It is bound to the visit, and after signing in to the session."""
    _, fields = await fill_in(browser)
    browser.cookies.clear()
    await browser.get("/sign-in")

    answer = await browser.post("/sign-in", data=fields, headers=OURS)

    assert answer.status_code == 403


async def test_a_form_is_never_too_old(browser: httpx.AsyncClient) -> None:
    """One that was open in another tab while somebody signed in still counts as ours."""
    member = await with_password()
    await sign_in_as(browser, member)
    shown = await browser.get("/account/sessions")
    fields = hidden_fields(shown.text, "/sign-out")

    answer = await browser.post("/sign-out", data=fields, headers=OURS)

    assert answer.status_code == 303


async def test_nobody_is_signed_out_from_elsewhere(browser: httpx.AsyncClient) -> None:
    """A picture on another site cannot press the button."""
    member = await with_password()
    await sign_in_as(browser, member)

    answer = await browser.post("/sign-out", data={}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert (await browser.get("/home")).status_code == 200
