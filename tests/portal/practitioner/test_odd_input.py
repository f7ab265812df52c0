"""What strangers type into the forms of accounts."""

import httpx
import pytest

from support.accounts import OURS, hidden_fields, press, with_password

HOSTILE = [
    "\x00",
    "a\x00b@example.com",
    "\u202e1000000008",
    "\ud7ff\ue000\U0010ffff",
    "<script>alert(1)</script>",
    "'; DROP TABLE accounts; --",
    "{{ 7 * 7 }}",
    "1000000008\t\r\n",
    "١" * 60,
    "x" * 900,
    "%s%n",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("/sign-in", ("name", "password")),
        ("/first-sign-in", ("registration_number", "identity_number")),
        ("/forgotten-password", ("name",)),
    ],
)
async def test_hostile_text_is_an_answer_and_no_fault(
    browser: httpx.AsyncClient, page: str, fields: tuple[str, ...], text: str
) -> None:
    """It is refused, or nothing comes of it; shown again it is text."""
    answer = await press(browser, page, dict.fromkeys(fields, text))

    assert answer.status_code in {200, 422}
    assert "<script>" not in answer.text


@pytest.mark.parametrize("page", ["/sign-in", "/first-sign-in", "/forgotten-password"])
async def test_ten_thousand_characters_are_too_large(browser: httpx.AsyncClient, page: str) -> None:
    """And cost nothing: the body is not read to its end."""
    answer = await browser.post(page, data={"name": "x" * 10_000}, headers=OURS)

    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body", [b"name=%ED%A0%80&password=%FF%FE", b"name=a&name=b", b"\xff", b""]
)
async def test_bytes_that_are_no_form_are_an_empty_one(
    browser: httpx.AsyncClient, body: bytes
) -> None:
    """Half a surrogate, a name twice, nothing at all."""
    shown = await browser.get("/sign-in")
    csrf = hidden_fields(shown.text, "/sign-in")["csrf"].encode()

    answer = await browser.post(
        "/sign-in",
        content=body + b"&csrf=" + csrf,
        headers={**OURS, "Content-Type": "application/x-www-form-urlencoded"},
    )

    assert answer.status_code in {403, 422}


@pytest.mark.parametrize("cookie", ["", "x", "x" * 43, "x" * 3000, "é", '"quoted"'])
async def test_a_cookie_that_is_none_of_ours_is_nobody_s(
    browser: httpx.AsyncClient, cookie: str
) -> None:
    """Neither a fault nor a way in."""
    headers = {"Cookie": f"session={cookie}; visit={cookie}; device={cookie}".encode()}

    home = await browser.get("/home", headers=headers)
    form = await browser.get("/sign-in", headers=headers)

    assert (home.status_code, form.status_code) == (303, 200)


@pytest.mark.parametrize(
    ("page", "field"),
    [
        ("/sign-in", "name"),
        ("/first-sign-in", "registration_number"),
        ("/forgotten-password", "name"),
    ],
)
async def test_the_other_language_keeps_what_was_typed(
    browser: httpx.AsyncClient, page: str, field: str
) -> None:
    """And the way back; nothing is counted, nothing is sent, no password is shown."""
    shown = await browser.get(f"{page}?lang=en&to=/account/sessions")
    fields = hidden_fields(shown.text, page)

    answer = await browser.post(
        f"{page}?lang=ar",
        data={**fields, field: "20-104567", "password": "a secret", "switch": "yes"},
        headers=OURS,
    )

    assert answer.status_code == 200
    assert 'lang="ar" dir="rtl"' in answer.text
    assert 'value="20-104567"' in answer.text
    assert "a secret" not in answer.text
    assert 'role="alert"' not in answer.text
    if page == "/sign-in":
        assert 'value="/account/sessions"' in answer.text


async def test_whoever_is_signed_in_begins_on_their_own_page(browser: httpx.AsyncClient) -> None:
    """The first page is for strangers."""
    member = await with_password()
    await press(browser, "/sign-in", {"name": member.email, "password": member.password})

    answer = await browser.get("/?lang=en")

    assert (answer.status_code, answer.headers["location"]) == (303, "/home?lang=en")
