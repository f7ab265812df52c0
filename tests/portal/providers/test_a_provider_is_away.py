"""A provider that is away, slow or broken: the page says so, and passwords work."""

import asyncio

import httpx
import pytest
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from identity import fetching, metadata
from portal.app import build_app
from portal.web.cookies import Cookie, cookie_name
from stack.ports import free_port
from support.accounts import OURS, hidden_fields, press, sign_in_as, with_password
from support.officers import WITH, Linked, leave, sign_in_there
from support.oidc import CLIENT, SECRET, StandIn

DESCRIPTION = "/.well-known/openid-configuration"
SESSION = cookie_name(Cookie.SESSION)

BROKEN = (
    Response(status_code=500),
    Response(status_code=503, headers={"Retry-After": "60"}),
    HTMLResponse("<h1>Maintenance</h1>"),
    JSONResponse(["a list"]),
    JSONResponse({}),
    JSONResponse({"keys": "x", "error": 7}, status_code=404),
    Response(b"[" * 100_000, media_type="application/json"),
    Response(b'{"a": "' + b"x" * 200_000 + b'"}', media_type="application/json"),
    Response(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}),
    RedirectResponse("http://127.0.0.1:1/elsewhere"),
)


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What did not answer is asked again at the next try."""
    monkeypatch.setattr(metadata, "FORGIVEN_SECONDS", 0.0)


def says_so(answer: httpx.Response) -> bool:
    """Whether the page on which people sign in tells of it."""
    told = "The other sign-in service is not answering" in answer.text
    return answer.status_code == 503 and told and 'name="password"' in answer.text


async def button(browser: httpx.AsyncClient) -> httpx.Response:
    """Press it."""
    return await press(browser, "/sign-in", {}, action=WITH)


async def test_a_portal_starts_without_its_provider(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is asked before somebody presses; then that is told, and a password signs in."""
    nobody = StandIn(clock=None, issuer=f"http://127.0.0.1:{free_port(0)}")  # type: ignore[arg-type]
    nobody.name_in(monkeypatch)
    app = build_app()
    async with app.router.lifespan_context(app):
        answer = await button(browser)
    member = await with_password()
    signed_in = await sign_in_as(browser, member)

    assert says_so(answer)
    assert signed_in.status_code == 303
    assert SESSION in browser.cookies


async def test_what_a_broken_provider_says_of_itself_is_told_as_away(
    browser: httpx.AsyncClient, provider: StandIn, officer: Linked
) -> None:
    """Whatever it answers; and when it is well, it works at once."""
    for number, answer in enumerate(BROKEN):
        provider.instead = {DESCRIPTION: answer}
        assert says_so(await button(browser)), number
    # What it says is right, and stands somewhere else.
    provider.instead = {DESCRIPTION: RedirectResponse(f"{provider.issuer}/moved")}
    assert says_so(await button(browser))
    provider.instead = {}

    assert (await browser.get(await sign_in_there(await leave(browser)))).status_code == 303


async def test_a_description_of_somebody_else_is_not_believed(
    browser: httpx.AsyncClient, provider: StandIn, officer: Linked
) -> None:
    """Nor one whose addresses lead nowhere."""
    odd: tuple[dict[str, object], ...] = (
        {"issuer": "https://evil.example"},
        {"issuer": f"{provider.issuer}/"},
        {"issuer": None},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": 'https://a.example/"><script>'},
        {"authorization_endpoint": "https://a.example/ b"},
        {"token_endpoint": ["https://a.example"]},
        {"jwks_uri": "file:///etc/passwd"},
        {"more than anybody needs": "x" * 200_000},
    )
    for described in odd:
        provider.described = described
        assert says_so(await button(browser)), described


@pytest.mark.parametrize("path", ["/token", "/keys"])
async def test_a_provider_that_breaks_half_way_is_told_as_away(
    browser: httpx.AsyncClient, provider: StandIn, officer: Linked, path: str
) -> None:
    """The code is used up then, and the way begins anew."""
    for number, answer in enumerate(BROKEN):
        back = await sign_in_there(await leave(browser))
        provider.instead = {path: answer}
        found = await browser.get(back)
        provider.instead = {}

        assert found.status_code in {503, 422}, number
        assert found.status_code == 503 or path == "/token"
        assert SESSION not in browser.cookies


@pytest.mark.parametrize("path", [DESCRIPTION, "/token", "/keys"])
async def test_a_provider_that_hangs_is_not_waited_for(
    browser: httpx.AsyncClient,
    provider: StandIn,
    officer: Linked,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
) -> None:
    """Not longer than a person waits for a page."""
    if path != DESCRIPTION:
        back = await sign_in_there(await leave(browser))
    provider.instead = {path: ...}
    monkeypatch.setattr(fetching, "SECONDS", 0.5)

    answer = await (button(browser) if path == DESCRIPTION else browser.get(back))

    assert says_so(answer)


async def test_presses_do_not_all_wait_for_a_provider_that_hangs(
    browser: httpx.AsyncClient,
    provider: StandIn,
    officer: Linked,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One asks, the others hear of it; and whoever presses something else is served meanwhile."""
    monkeypatch.setattr(metadata, "FORGIVEN_SECONDS", 600.0)
    monkeypatch.setattr(fetching, "SECONDS", 60.0)
    member = await with_password()
    provider.instead = {DESCRIPTION: ...}
    fields = hidden_fields((await browser.get("/sign-in")).text, WITH)

    pressed = [
        asyncio.create_task(browser.post(WITH, data=fields, headers=OURS)) for _ in range(30)
    ]
    while not provider.asked[DESCRIPTION]:  # noqa: ASYNC110 - a count tells it
        await asyncio.sleep(0)
    served = await browser.post(
        "/sign-in",
        data=hidden_fields((await browser.get("/sign-in")).text, "/sign-in")
        | {"name": member.identity_number, "password": member.password},
        headers=OURS,
    )
    waiting = [task for task in pressed if not task.done()]
    provider.over.set()
    answers = await asyncio.gather(*pressed)

    assert served.status_code == 303
    assert len(waiting) == 30
    assert all(says_so(answer) for answer in answers)
    assert provider.asked[DESCRIPTION] == 1
    assert caplog.text.count("does not answer") == 1


async def test_a_secret_that_the_provider_does_not_know_signs_nobody_in(
    browser: httpx.AsyncClient,
    provider: StandIn,
    officer: Linked,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log says what is to be mended, and not the secret."""
    provider.name_in(monkeypatch, CLIENT_SECRET="an old one")
    answer = await browser.get(await sign_in_there(await leave(browser)))

    assert answer.status_code == 422
    assert "our client id and secret" in caplog.text
    assert "an old one" not in caplog.text
    assert SECRET not in caplog.text
    assert CLIENT not in answer.text


async def test_a_provider_may_want_the_secret_in_the_form(
    browser: httpx.AsyncClient, provider: StandIn, officer: Linked
) -> None:
    """Where its description names no other way."""
    provider.described = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

    assert (await browser.get(await sign_in_there(await leave(browser)))).status_code == 303
