"""Sessions: begun, listed, ended, over."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from models.database import transaction
from models.links import hash_token
from portal.web.cookies import Cookie, cookie_name
from rules.accounts.kinds import SessionEnd
from support.accounts import OTHER, OURS, hidden_fields, press, sign_in_as, with_password
from support.portal import Clock

SESSION = cookie_name(Cookie.SESSION)


@pytest.fixture
async def second(portal: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Another browser."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(portal),
        base_url="http://portal.test",
        headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"},
    ) as client:
        yield client


async def is_in(browser: httpx.AsyncClient) -> bool:
    """Whether the browser sees the home page."""
    return (await browser.get("/home")).status_code == 200


async def test_only_a_token_s_hash_is_kept(browser: httpx.AsyncClient) -> None:
    """Whoever reads the database can be nobody."""
    member = await with_password()

    await sign_in_as(browser, member)
    token = browser.cookies[SESSION]

    assert len(token) == 43  # 256 bits
    assert (await member.sessions())[-1].token_hash == hash_token(token)


async def test_a_session_that_was_planted_is_not_the_one_that_begins(
    browser: httpx.AsyncClient,
) -> None:
    """Session fixation: signing in always mints another token, and ends the one before."""
    member, thief = await with_password(), await with_password()
    await sign_in_as(browser, thief)  # as if the thief's cookie had been put into this browser
    planted = browser.cookies[SESSION]
    fields = hidden_fields((await browser.get("/home")).text, "/sign-out")

    await browser.post(
        "/sign-in",
        data={**fields, "name": member.email, "password": member.password},
        headers=OURS,
    )

    assert browser.cookies[SESSION] != planted
    assert (await thief.sessions())[-1].ended_because == SessionEnd.FOLLOWED


async def test_a_cookie_is_out_of_reach_of_scripts_and_of_other_sites(
    browser: httpx.AsyncClient,
) -> None:
    """HttpOnly and SameSite=Lax; at http:// there is no Secure, and no name that promises it."""
    member = await with_password()

    answer = await sign_in_as(browser, member)
    cookie = next(
        line for line in answer.headers.get_list("set-cookie") if line.startswith("session=")
    )

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Max-Age" not in cookie
    assert "Domain" not in cookie


async def test_over_tls_the_name_keeps_other_hosts_out(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``__Host-`` with Secure, whatever stands between the proxy and us."""
    monkeypatch.setattr("portal.web.cookies.is_secure", lambda: True)
    browser.base_url = httpx.URL("https://portal.test")
    member = await with_password()

    answer = await sign_in_as(browser, member)
    lines = [line for line in answer.headers.get_list("set-cookie") if "Max-Age=0" not in line]

    assert {line.partition("=")[0] for line in lines} == {"__Host-session", "__Host-device"}
    assert all("Secure" in line for line in lines)


@pytest.mark.parametrize(
    ("idle", "pages", "inside"),
    [
        (timedelta(minutes=30) - timedelta(seconds=1), 3, True),
        (timedelta(minutes=30), 1, False),
        (timedelta(minutes=29), 25, False),  # after twelve hours, however busy
    ],
)
async def test_a_session_ends_when_it_idles_and_after_twelve_hours(
    browser: httpx.AsyncClient, clock: Clock, idle: timedelta, pages: int, *, inside: bool
) -> None:
    """By the server, whatever the browser keeps."""
    member = await with_password()
    await sign_in_as(browser, member)

    seen = True
    for _ in range(pages):
        clock.forward(idle)
        seen = await is_in(browser)

    assert seen is inside


async def test_whoever_is_not_signed_in_is_led_there_and_back(browser: httpx.AsyncClient) -> None:
    """And nowhere else: the way back is a path of ours."""
    member = await with_password()

    away = await browser.get("/account/sessions")
    back = await press(
        browser,
        away.headers["location"],
        {"name": member.email, "password": member.password},
        action="/sign-in",
    )

    assert away.headers["location"] == "/sign-in?to=%2Faccount%2Fsessions"
    assert back.headers["location"] == "/account/sessions"


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "/a//b", "/?x", "x" * 300]
)
async def test_nobody_is_led_to_another_site(browser: httpx.AsyncClient, to: str) -> None:
    """A link to our sign-in page cannot end elsewhere."""
    member = await with_password()

    answer = await press(
        browser, "/sign-in", {"name": member.email, "password": member.password, "to": to}
    )

    assert answer.headers["location"] == "/home"


async def test_signing_out_ends_the_session_on_the_server(browser: httpx.AsyncClient) -> None:
    """A copy of the cookie opens nothing afterwards."""
    member = await with_password()
    await sign_in_as(browser, member)
    stolen = browser.cookies[SESSION]

    answer = await press(browser, "/home", {}, action="/sign-out")
    browser.cookies.set(SESSION, stolen, domain="portal.test")

    assert answer.headers["location"] == "/sign-in"
    assert not await is_in(browser)
    assert (await member.sessions())[-1].ended_because == SessionEnd.SIGNED_OUT


async def test_sessions_are_listed_and_ended_from_another(
    browser: httpx.AsyncClient, second: httpx.AsyncClient
) -> None:
    """One by one, or all but this one."""
    member = await with_password()
    await sign_in_as(browser, member)
    await sign_in_as(second, member)

    listed = await browser.get("/account/sessions?lang=en")
    (other,) = [one for one in await member.sessions() if one.browser.startswith("Firefox")]
    ended = await press(
        browser, "/account/sessions", {}, action=f"/account/sessions/{other.id}/end"
    )

    assert "Firefox, Windows" in listed.text
    assert ended.status_code == 303
    assert (await is_in(browser), await is_in(second)) == (True, False)


async def test_signing_out_everywhere_else_leaves_this_one(
    browser: httpx.AsyncClient, second: httpx.AsyncClient
) -> None:
    """The button ends the others at once."""
    member = await with_password()
    await sign_in_as(browser, member)
    await sign_in_as(second, member)

    await press(browser, "/account/sessions", {}, action="/account/sessions/end-others")

    assert (await is_in(browser), await is_in(second)) == (True, False)


async def test_nobody_ends_the_session_of_somebody_else(
    browser: httpx.AsyncClient, second: httpx.AsyncClient
) -> None:
    """Its number is no secret, and no key either."""
    member, stranger = await with_password(), await with_password()
    await sign_in_as(browser, member)
    await sign_in_as(second, stranger)
    theirs = (await stranger.sessions())[-1]

    fields = hidden_fields((await browser.get("/account/sessions")).text, "/sign-out")
    answer = await browser.post(f"/account/sessions/{theirs.id}/end", data=fields, headers=OURS)

    assert answer.status_code == 303
    assert await is_in(second)


async def test_a_changed_password_ends_the_other_sessions(
    browser: httpx.AsyncClient, second: httpx.AsyncClient
) -> None:
    """This one goes on under another token, and the address on file is told."""
    member = await with_password()
    await sign_in_as(browser, member)
    await sign_in_as(second, member)
    before = browser.cookies[SESSION]

    done = await press(
        browser,
        "/account/password",
        {"before": member.password, "password": OTHER, "repeated": OTHER},
    )

    assert done.status_code == 303
    assert (await is_in(browser), await is_in(second)) == (True, False)
    assert browser.cookies[SESSION] != before
    assert (await member.letters())[-1] == f"password_changed {member.email}"


async def test_a_wrong_password_changes_none(browser: httpx.AsyncClient) -> None:
    """Whoever finds an open browser does not know it."""
    member = await with_password()
    await sign_in_as(browser, member)

    page = await press(
        browser,
        "/account/password?lang=en",
        {"before": "a guess", "password": OTHER, "repeated": OTHER},
        action="/account/password?lang=en",
    )

    assert page.status_code == 422
    assert "The current password is not correct" in page.text
    assert "password_changed" not in " ".join(await member.letters())


async def test_a_database_s_copy_of_a_token_is_no_token(browser: httpx.AsyncClient) -> None:
    """The hash in the row does not open the session."""
    member = await with_password()
    await sign_in_as(browser, member)
    async with transaction():
        kept = (await member.sessions())[-1].token_hash

    browser.cookies.set(SESSION, kept, domain="portal.test")

    assert not await is_in(browser)
