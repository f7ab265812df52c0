"""What may stand on file or come from a browser, and must not break the page that confirms."""

import re
import unicodedata

import httpx
import pytest

from support.portal import SURE
from support.reminding import SUNDAY, Asked, Runs, asked_to_confirm, noon

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"


def part(value: bytes, more: bytes = b"") -> bytes:
    """A form of one field as multipart."""
    head = b'--x\r\nContent-Disposition: form-data; name="seen"' + more
    return head + b"\r\n\r\n" + value + b"\r\n--x--\r\n"


@pytest.fixture
async def asked(runs: Runs) -> Asked:
    """Somebody who has the letter."""
    return await asked_to_confirm(runs)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("", b""),
        ("text/plain", b"seen=" + b"a" * 64),
        ("\xff;;=", b"\xff"),
        ("application/json", b'{"seen": 1}'),
        (FORM, b""),
        (FORM, b"seen"),
        (FORM, b"seen="),
        (FORM, b"seen=" + b"a" * 63),
        (FORM, b"seen=" + b"a" * 65),
        (FORM, b"seen=" + b"A" * 64),
        (FORM, b"seen=" + b"%00" * 64),
        (FORM, b"seen=" + "ا".encode() * 64),
        (FORM, b"seen=%ff%fe\xff\xfe"),
        (FORM, b"seen=" + b"a" * 64 + b"&seen=" + b"a" * 64),
        (FORM, b"a=1&" * 9 + b"seen=" + b"a" * 64),
        ("multipart/form-data", b"no boundary"),
        (MULTIPART, b"--x\r\nbroken"),
        (MULTIPART, part(b"a" * 64, b'; filename="a.txt"')),
        (f"{MULTIPART}; charset=undefined", part(b"a" * 64)),
        (f"{MULTIPART}; charset=\x00", part(b"a" * 64)),
    ],
)
async def test_a_body_that_no_page_of_ours_sends_shows_the_data_again(
    browser: httpx.AsyncClient, asked: Asked, content_type: str, body: bytes
) -> None:
    """As if the link were opened; nothing is confirmed."""
    headers = {"Content-Type": content_type.encode("latin-1")}

    pressed = await browser.post(f"/confirm/{asked.token}", content=body, headers=headers)

    assert pressed.status_code == 422
    assert "Are your details correct?" in pressed.text
    assert "King Salman Hospital" in pressed.text
    assert await asked.person.confirmations() == []


async def test_a_huge_body_is_refused(browser: httpx.AsyncClient, asked: Asked) -> None:
    """Before anything is done with it."""
    pressed = await browser.post(f"/confirm/{asked.token}", content=b"x" * 100_000)

    assert pressed.status_code == 413
    assert "Nothing has changed" in pressed.text


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize(
    "value",
    [
        "\u202edesrever\u2066",
        "</bdi></dd><script>alert(1)</script>",
        "\"'><b onmouseover=x>",
        "{digits} {0} {{ 7 * 7 }} %s",
        "A" * 300,
        "\x01\x1b[31m\r\n\t",
        "",
    ],
)
async def test_whatever_stands_on_file_is_shown_as_text(
    browser: httpx.AsyncClient, asked: Asked, value: str, language: str
) -> None:
    """It brings no markup, turns no direction, and can be confirmed."""
    fields = ("first_name_ar", "first_name_en", "mobile", "employer", "specialty", "rank")
    await asked.person.change_profile(**dict.fromkeys(fields, value))
    page = f"/confirm/{asked.token}?lang={language}"

    opened = await browser.get(page)

    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', opened.text)
    assert opened.status_code == 200
    assert "<script" not in opened.text
    assert "<b " not in opened.text
    assert {c for c in opened.text if unicodedata.category(c) in {"Cc", "Cf"}} <= {"\n"}
    assert opened.text.count("<dt>") == 7
    assert seen is not None
    assert (await browser.post(page, data={"seen": seen[1], **SURE})).status_code == 303


@pytest.mark.parametrize("value", ["", "  ", "\u200b\u202e"])
async def test_what_is_not_on_file_is_said(
    browser: httpx.AsyncClient, asked: Asked, value: str
) -> None:
    """Somebody who reads an empty line might take it for the page's fault."""
    await asked.person.change_profile(employer=value, mobile=value)

    opened = await browser.get(f"/confirm/{asked.token}")

    assert "<dt>Employer</dt><dd>Not on file</dd>" in opened.text
    assert "<dt>Mobile number</dt><dd>Not on file</dd>" in opened.text


async def test_the_page_speaks_the_letter_s_language(
    browser: httpx.AsyncClient, runs: Runs
) -> None:
    """Whatever the browser asks for, until its reader chooses; the choice outlives the press."""
    asked = await asked_to_confirm(runs, preferred_language="ar")
    page = f"/confirm/{asked.token}"

    in_arabic, in_english = await browser.get(page), await browser.get(f"{page}?lang=en")
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', in_english.text)
    assert seen is not None
    pressed = await browser.post(f"{page}?lang=en", data={"seen": seen[1], **SURE})

    assert "هل بياناتك صحيحة؟" in in_arabic.text
    assert f'<bdi dir="ltr">{asked.person.email}</bdi>' in in_arabic.text.replace("<wbr>", "")
    assert "Are your details correct?" in in_english.text
    assert pressed.headers["location"] == f"{page}?lang=en"
    assert "بياناتك مؤكدة" in (await browser.get(page)).text


async def test_a_confirmation_older_than_the_letter_does_not_count(
    browser: httpx.AsyncClient, asked: Asked
) -> None:
    """Nor does one that was never given."""
    await asked.person.change_profile(confirmed_at=None)
    never = await browser.get(f"/confirm/{asked.token}")
    await asked.person.change_profile(confirmed_at=noon(SUNDAY))
    now = await browser.get(f"/confirm/{asked.token}")

    assert "Are your details correct?" in never.text
    assert "Your details are confirmed" in now.text
