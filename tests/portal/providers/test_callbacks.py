"""The page that a browser comes back to: only from where it was sent, and once."""

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from desk.accounts.sweeping import sweep
from portal.web.cookies import Cookie, cookie_name
from support.accounts import OURS, hidden_fields
from support.officers import WITH, Linked, leave, sign_in_there, there_and_back
from support.oidc import BACK, StandIn
from support.policies import frozen_policy
from support.portal import Clock

HALF = cookie_name(Cookie.HALF_WAY)
LIVES = timedelta(minutes=frozen_policy().accounts.provider_minutes)


@pytest.fixture
def other(portal: FastAPI) -> httpx.AsyncClient:
    """Another person's browser."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(portal),
        base_url="http://portal.test",
        headers={"Accept-Language": "en"},
    )


def is_over(answer: httpx.Response) -> bool:
    """Whether it says that this sign-in is none any more."""
    return answer.status_code == 409 and "Begin again" in answer.text


async def test_an_answer_is_taken_once(browser: httpx.AsyncClient, officer: Linked) -> None:
    """Whoever reads the address over a shoulder, or in a log, has no use of it."""
    back = await sign_in_there(await leave(browser))
    first = await browser.get(back)
    second = await browser.get(back)

    assert first.status_code == 303
    assert is_over(second)


async def test_an_answer_is_taken_in_its_own_browser(
    browser: httpx.AsyncClient, other: httpx.AsyncClient, officer: Linked
) -> None:
    """A stranger cannot sign somebody in as the stranger, nor go on with a stolen address."""
    back = await sign_in_there(await leave(browser))
    bare = await other.get(back)
    await leave(other)
    visited = await other.get(back)
    own = await browser.get(back)

    assert is_over(bare)
    assert is_over(visited)
    assert HALF not in other.cookies
    assert own.status_code == 303


async def test_somebody_else_s_code_is_of_no_use(
    browser: httpx.AsyncClient, other: httpx.AsyncClient, provider: StandIn, officer: Linked
) -> None:
    """The code belongs to the verifier of the browser that asked for it."""
    own = await sign_in_there(await leave(browser))
    stolen = await sign_in_there(await leave(other))
    state = parse_qs(urlsplit(own).query)["state"][0]
    code = parse_qs(urlsplit(stolen).query)["code"][0]
    query = urlencode({"code": code, "state": state, "iss": provider.issuer})

    answer = await browser.get(f"{WITH}/back?{query}")

    assert answer.status_code == 422
    assert HALF not in browser.cookies


async def test_two_tabs_are_two_sign_ins(browser: httpx.AsyncClient, officer: Linked) -> None:
    """In whichever order they come back."""
    first, second = await leave(browser), await leave(browser)
    answers = [await browser.get(await sign_in_there(address)) for address in (second, first)]

    assert [each.status_code for each in answers] == [303, 303]


@pytest.mark.parametrize(("late", "status"), [(-timedelta(seconds=1), 303), (timedelta(0), 409)])
async def test_a_sign_in_does_not_wait_for_ever(
    browser: httpx.AsyncClient, officer: Linked, clock: Clock, late: timedelta, status: int
) -> None:
    """As long as policy says."""
    address = await leave(browser)
    clock.forward(LIVES + late)

    answer = await browser.get(await sign_in_there(address))

    assert answer.status_code == status


async def test_what_we_never_asked_for_is_not_looked_at(
    browser: httpx.AsyncClient, provider: StandIn, officer: Linked
) -> None:
    """The provider is not asked about it either."""
    state = parse_qs(urlsplit(await leave(browser)).query)["state"][0]
    odd = (
        "",
        "?code=x",
        "?state=",
        "?state=unknown&code=x",
        "?state=%00&code=x",
        "?state=%ff%fe&code=x",
        f"?state={'x' * 5000}",
        f"?state={state}&state={state}&code=x",
    )
    for query in odd:
        assert is_over(await browser.get(f"{WITH}/back{query}")), query

    assert provider.asked["/token"] == 0


SAID = (
    ({"code": "", "error": "access_denied"}, 403, "did not sign you in"),
    ({"code": "", "error": "login_required"}, 403, "did not sign you in"),
    ({"code": "", "error": "temporarily_unavailable"}, 503, "is not answering"),
    ({"code": "", "error": "server_error"}, 503, "is not answering"),
    ({"code": "", "error": "invalid_scope"}, 422, "could not check"),
    ({"code": "", "error": "<script>"}, 422, "could not check"),
    ({"error": "access_denied"}, 403, "did not sign you in"),
    ({"code": ""}, 422, "could not check"),
    ({"iss": "https://evil.example"}, 422, "could not check"),
    ({"iss": ""}, 422, "could not check"),
    ({"code": "", "error": "access_denied", "iss": "https://evil.example"}, 422, "could not check"),
)


async def test_what_the_way_back_says_is_weighed_before_the_code_is_sent(
    browser: httpx.AsyncClient, provider: StandIn, officer: Linked
) -> None:
    """An error is told in words, and another issuer's answer is sent nowhere."""
    for said, status, sentence in SAID:
        provider.says_back = said
        back = await sign_in_there(await leave(browser, "/sign-in?to=/account/password"))
        answer = await browser.get(back)
        again = await browser.get(back)

        assert (answer.status_code, said) == (status, said)
        assert sentence in answer.text
        assert "<script>" not in answer.text
        assert 'name="to" value="/account/password"' in answer.text
        assert is_over(again)
    assert provider.asked["/token"] == 0


async def test_a_provider_that_does_not_name_itself_need_not(
    browser: httpx.AsyncClient, provider: StandIn, officer: Linked
) -> None:
    """Where its description does not promise it."""
    provider.described = {"authorization_response_iss_parameter_supported": False}
    provider.says_back = {"iss": ""}

    assert (await there_and_back(browser)).status_code == 303


async def test_the_way_back_is_the_one_of_the_settings(
    browser: httpx.AsyncClient, provider: StandIn, officer: Linked
) -> None:
    """Whatever host a browser, or somebody before it, names."""
    shown = await browser.get("/sign-in")
    fields = hidden_fields(shown.text, WITH)
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", **OURS}
    answer = await browser.post(WITH, data=fields, headers=evil)
    asked = parse_qs(urlsplit(answer.headers["refresh"]).query)

    assert asked["redirect_uri"] == [BACK]


async def test_neither_secret_nor_state_is_kept(
    browser: httpx.AsyncClient, officer: Linked, database: str
) -> None:
    """A copy of the database goes on with nobody's sign-in."""
    import psycopg  # noqa: PLC0415 - what anybody sees who reads the table

    asked = parse_qs(urlsplit(await leave(browser)).query)
    with psycopg.connect(database) as connection:
        rows = str(connection.execute("SELECT * FROM provider_trips").fetchall())

    held = [asked["state"][0], asked["nonce"][0], browser.cookies[cookie_name(Cookie.AWAY)]]
    assert len(rows) > 100
    assert [each for each in held if each in rows] == []


async def test_tries_that_sign_nobody_in_are_counted(
    browser: httpx.AsyncClient, provider: StandIn, officer: Linked
) -> None:
    """From one network; whoever signs in is not."""
    most = frozen_policy().accounts.misses_of_a_network
    fields = hidden_fields((await browser.get("/sign-in")).text, WITH)
    for _ in range(3):
        await there_and_back(browser)
    answers = [await browser.post(WITH, data=fields, headers=OURS) for _ in range(most + 1)]

    assert [each.status_code for each in answers] == [200] * most + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_trips_that_nobody_ends_are_swept(
    browser: httpx.AsyncClient, officer: Linked, clock: Clock
) -> None:
    """Once they can end no more, and not before."""
    await leave(browser)
    before = await sweep(now=clock.now + LIVES - timedelta(seconds=1), limit=100)
    after = await sweep(now=clock.now + LIVES + timedelta(seconds=1), limit=100)

    assert (before, after) == (0, 1)
