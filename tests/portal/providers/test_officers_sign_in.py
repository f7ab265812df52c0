"""Officers sign in by the provider of their work, and are who it says by number, not by address."""

import logging
from datetime import timedelta

import httpx
import pytest

from desk.accounts.provider_links import link_provider, unlink_provider
from models.database import transaction
from models.officers import find_officer
from portal.web.cookies import Cookie, cookie_name
from rules.accounts.kinds import Proof
from support.accounts import OURS, hidden_fields, press
from support.officers import WITH, Linked, leave, officer_account, sign_in_there, there_and_back
from support.oidc import PASSWORD, StandIn
from support.portal import Clock
from support.requests import NOW

SESSION = cookie_name(Cookie.SESSION)


async def test_without_a_provider_there_is_no_button(browser: httpx.AsyncClient) -> None:
    """Nor a page behind it."""
    shown = await browser.get("/sign-in")
    fields = hidden_fields(shown.text, "/sign-in")
    pressed = await browser.post(WITH, data=fields, headers=OURS)
    back = await browser.get(f"{WITH}/back")

    assert WITH not in shown.text
    assert (pressed.status_code, back.status_code) == (404, 404)


@pytest.mark.parametrize("kind", ["practitioner", "nobody", "officer%00"])
async def test_nobody_else_has_this_provider(
    browser: httpx.AsyncClient, provider: StandIn, kind: str
) -> None:
    """A provider signs in those that it is set for."""
    shown = await browser.get("/sign-in")
    fields = hidden_fields(shown.text, WITH)
    pressed = await browser.post(f"/sign-in/with/{kind}", data=fields, headers=OURS)

    assert pressed.status_code == 404


async def test_our_factor_is_asked_for_beside_the_provider(
    browser: httpx.AsyncClient, officer: Linked
) -> None:
    """What a provider does by itself nobody knows; then the officer is in."""
    answer = await there_and_back(browser)
    half = await browser.get("/account/sessions")
    await press(
        browser, answer.headers["location"], {"code": officer.app.at(NOW)}, action="/sign-in/second"
    )
    whole = await browser.get("/account/sessions")

    assert answer.headers["location"].startswith("/sign-in/second?")
    assert half.status_code == 303
    assert whole.status_code == 200
    assert [one.proof for one in await officer.sessions()] == [Proof.TOTP]


@pytest.mark.parametrize("said", [{"acr": "gold"}, {"amr": ["pwd", "otp"]}])
async def test_a_provider_s_second_factor_counts_where_settings_say_so(
    browser: httpx.AsyncClient,
    provider: StandIn,
    officer: Linked,
    monkeypatch: pytest.MonkeyPatch,
    said: dict[str, object],
) -> None:
    """And only where the token says that it was asked for."""
    provider.name_in(monkeypatch, SECOND_FACTOR="gold, otp")
    without = await there_and_back(browser)
    provider.claims = said
    answer = await there_and_back(browser)

    assert without.headers["location"].startswith("/sign-in/second?")
    assert answer.headers["location"] == "/home?lang=en"
    assert [one.proof for one in await officer.sessions()] == [Proof.PROVIDER]


async def test_whoever_is_not_linked_is_told_so(
    browser: httpx.AsyncClient,
    provider: StandIn,
    officer: Linked,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An address that somebody has here makes nobody that person; the log names nobody."""
    provider.subjects["noura"] = "a-subject-of-nobody"
    with caplog.at_level(logging.INFO):
        answer = await there_and_back(browser, user="noura")

    assert answer.status_code == 403
    assert "not linked to an account here" in answer.text
    assert SESSION not in browser.cookies
    assert "has no account here" in caplog.text
    assert "a-subject-of-nobody" not in caplog.text
    assert "amal" not in caplog.text


async def test_a_link_is_of_one_issuer(
    browser: httpx.AsyncClient, provider: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same subject of another provider is somebody else."""
    await officer_account()
    monkeypatch.delenv("MUMARIS_OIDC_ISSUER")
    monkeypatch.delenv("MUMARIS_OIDC_CLIENT_ID")
    monkeypatch.delenv("MUMARIS_OIDC_CLIENT_SECRET")
    await link_provider("amal", "https://other.example", provider.subjects["amal"], now=NOW)
    provider.name_in(monkeypatch)

    answer = await there_and_back(browser)

    assert answer.status_code == 403


async def test_an_officer_who_has_left_is_not_let_in(
    browser: httpx.AsyncClient, officer: Linked
) -> None:
    """The provider may not know yet."""
    async with transaction() as session:
        (await find_officer(session, officer.user)).active = False

    answer = await there_and_back(browser)

    assert answer.status_code == 403


async def test_unlinked_the_provider_opens_nothing(
    browser: httpx.AsyncClient,
    provider: StandIn,
    officer: Linked,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sessions that it opened are over as well."""
    provider.name_in(monkeypatch, SECOND_FACTOR="gold")
    provider.claims = {"acr": "gold"}
    await there_and_back(browser)
    before = await browser.get("/account/sessions")
    await unlink_provider(officer.user, now=NOW)
    after = await browser.get("/account/sessions")
    again = await there_and_back(browser)

    assert (before.status_code, after.status_code, again.status_code) == (200, 303, 403)


async def test_signing_in_begins_another_session(
    browser: httpx.AsyncClient,
    provider: StandIn,
    officer: Linked,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A token that was planted in the browser is worth nothing afterwards."""
    provider.name_in(monkeypatch, SECOND_FACTOR="gold")
    provider.claims = {"acr": "gold"}
    await there_and_back(browser)
    planted = browser.cookies[SESSION]
    await browser.get(await _back_of(browser))
    fresh = browser.cookies[SESSION]
    browser.cookies.clear()
    old = await browser.get("/account/sessions", headers={"Cookie": f"{SESSION}={planted}"})

    assert fresh != planted
    assert old.status_code == 303


async def _back_of(browser: httpx.AsyncClient) -> str:
    """A second sign-in in a browser that is signed in: by its token for forms, as from a page."""
    shown = await browser.get("/account/sessions")
    fields = hidden_fields(shown.text, "/sign-out")
    answer = await browser.post(f"{WITH}?lang=en", data=fields, headers=OURS)
    return await sign_in_there(answer.headers["refresh"].removeprefix("0; url="))


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/account/password", "/account/password"),
        ("//evil.example/x", "/home"),
        ("https://evil.example", "/home"),
        ("/\\evil.example", "/home"),
    ],
)
async def test_the_way_back_is_one_of_our_pages(
    browser: httpx.AsyncClient,
    provider: StandIn,
    officer: Linked,
    monkeypatch: pytest.MonkeyPatch,
    wanted: str,
    reached: str,
) -> None:
    """The one that was wanted, or the first one; never another site's."""
    provider.name_in(monkeypatch, SECOND_FACTOR="gold")
    provider.claims = {"acr": "gold"}

    fields = hidden_fields((await browser.get("/sign-in")).text, WITH) | {"to": wanted}
    pressed = await browser.post(WITH, data=fields, headers=OURS)
    back = await sign_in_there(pressed.headers["refresh"].removeprefix("0; url="))
    answer = await browser.get(back)

    assert answer.headers["location"] == reached


async def test_a_sign_in_that_was_long_ago_is_asked_for_again(
    browser: httpx.AsyncClient, provider: StandIn, officer: Linked
) -> None:
    """A session at the provider may be a day old: here nothing is that fresh."""
    address = await leave(browser)
    provider.claims = {"auth_time": int((NOW - timedelta(minutes=17)).timestamp())}
    answer = await browser.get(await sign_in_there(address))

    assert "max_age=900" in address
    assert answer.status_code == 422
    assert SESSION not in browser.cookies


async def test_nothing_of_a_sign_in_is_in_an_address_of_ours(
    browser: httpx.AsyncClient, provider: StandIn, officer: Linked, clock: Clock
) -> None:
    """The page that leads on tells the provider not where it came from, and is not kept."""
    shown = await browser.get("/sign-in?lang=en")
    fields = hidden_fields(shown.text, WITH)
    answer = await browser.post(WITH, data=fields, headers=OURS)

    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert PASSWORD not in answer.text


async def test_another_site_cannot_begin_a_sign_in(
    browser: httpx.AsyncClient, provider: StandIn, officer: Linked
) -> None:
    """Nor anybody without the form's token."""
    fields = hidden_fields((await browser.get("/sign-in")).text, WITH)
    answers = [
        await browser.post(WITH, data=fields, headers={"Sec-Fetch-Site": "cross-site"}),
        await browser.post(WITH, data=fields | {"csrf": "x"}, headers=OURS),
    ]

    assert [each.status_code for each in answers] == [403, 403]
    assert all("refresh" not in each.headers for each in answers)
    assert provider.asked == {}
