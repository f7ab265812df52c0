"""The place for a national sign-in: practitioners are known by the number that it has checked."""

from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from identity.provider import trip_of
from portal.web.cookies import Cookie, cookie_name
from rules.accounts.kinds import Proof
from support.accounts import on_register, press, with_password
from support.officers import linked_officer
from support.oidc import StandIn

WITH = "/sign-in/with/practitioner"


@pytest.fixture(autouse=True)
def _named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names it."""
    monkeypatch.setenv("MUMARIS_NATIONAL_PROVIDER", "support.national:NationalStandIn")


async def confirmed(browser: httpx.AsyncClient, number: str) -> httpx.Response:
    """Press the button, confirm this number there, and come back."""
    left = await press(browser, "/sign-in", {}, action=WITH)
    asked = parse_qs(urlsplit(left.headers["refresh"].removeprefix("0; url=")).query)
    state, back = asked["state"][0], urlsplit(asked["back"][0])
    secret = browser.cookies[cookie_name(Cookie.AWAY)]
    code = f"{trip_of(secret, state).nonce}.{number}"
    return await browser.get(f"{back.path}?{urlencode({'state': state, 'code': code})}")


@pytest.mark.parametrize("has_password", [True, False])
async def test_a_practitioner_is_in_with_or_without_a_password(
    browser: httpx.AsyncClient, *, has_password: bool
) -> None:
    """An account is made where there is none."""
    member = await (with_password() if has_password else on_register())

    answer = await confirmed(browser, member.identity_number)
    home = await browser.get("/home")

    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    assert home.status_code == 200
    assert (await member.sessions())[-1].proof is Proof.PROVIDER


async def test_digits_of_another_script_are_the_same_number(browser: httpx.AsyncClient) -> None:
    """As everywhere."""
    member = await on_register()
    arabic = member.identity_number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    assert (await confirmed(browser, arabic)).headers["location"] == "/home"


@pytest.mark.parametrize("number", ["", "1000000008", "not a number", "\x00"])
async def test_a_number_that_is_nobody_s_opens_nothing(
    browser: httpx.AsyncClient, number: str
) -> None:
    """No account is made either."""
    member = await on_register()

    answer = await confirmed(browser, number)

    assert answer.status_code == 403
    assert cookie_name(Cookie.SESSION) not in browser.cookies
    assert await member.account() is None


async def test_a_trip_to_one_provider_does_not_end_at_another(
    browser: httpx.AsyncClient, database: str, provider: StandIn
) -> None:
    """What officers' provider vouches for is no identity number, and the other way round."""
    await linked_officer(provider)
    left = await press(browser, "/sign-in", {}, action=WITH)
    asked = parse_qs(urlsplit(left.headers["refresh"].removeprefix("0; url=")).query)

    answer = await browser.get(f"/sign-in/with/officer/back?state={asked['state'][0]}&code=x")

    assert answer.status_code == 409
    assert provider.asked["/token"] == 0


async def test_the_button_stands_beside_the_password(browser: httpx.AsyncClient) -> None:
    """In words that name no brand."""
    shown = await browser.get("/sign-in?lang=ar")

    assert "خدمة الدخول الوطنية" in shown.text
    assert "/sign-in/with/officer" not in shown.text


async def test_nobody_s_number_is_shown_or_kept(
    browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in a page nor in the log."""
    member = await with_password()
    numbers = (member.identity_number, "1000000008")
    pages = []
    for number in numbers:
        answer = await confirmed(browser, number)
        pages.append(answer.text + str(answer.headers))
        browser.cookies.clear()

    for number in numbers:
        assert all(number not in shown for shown in pages)
        assert number not in caplog.text
