"""Which language a page is in."""

import httpx
import pytest
from fastapi import Request

from mail.wording.languages import Language
from portal.web.languages import page_language
from support.portal import mailed_link


def visitor(query: str = "", accepts: str = "") -> Request:
    """A request of somebody whose browser says this."""
    return Request(
        {
            "type": "http",
            "query_string": query.encode(),
            "headers": [(b"accept-language", accepts.encode())],
        }
    )


@pytest.mark.parametrize(
    ("accepts", "expected"),
    [
        ("", Language.AR),
        ("*", Language.AR),
        ("fr", Language.AR),
        ("en-GB,en;q=0.9", Language.EN),
        ("ar-SA,en;q=0.9", Language.AR),
        ("en;q=0.4, ar;q=0.8", Language.AR),
        ("de, en;q=0.8, ar;q=0.5", Language.EN),
        ("en;q=nonsense", Language.AR),
        ("en;q=nan", Language.AR),
        (",;,;q=,", Language.AR),
    ],
)
def test_the_browser_s_wish_counts_and_arabic_comes_first(accepts: str, expected: Language) -> None:
    """Weights count; whatever else stands in the header means Arabic."""
    assert page_language(visitor(accepts=accepts)) is expected


def test_the_letter_s_language_goes_before_the_browser_s() -> None:
    """Who reads our letters in Arabic reads the page that they open in Arabic."""
    assert page_language(visitor(accepts="en"), "ar") is Language.AR


def test_what_the_reader_chose_goes_before_all() -> None:
    """A language that we do not have is not a choice."""
    assert page_language(visitor("lang=en", "ar"), "ar") is Language.EN
    assert page_language(visitor("lang=de", "ar"), "en") is Language.EN


async def test_a_link_opens_in_the_language_of_its_letter(browser: httpx.AsyncClient) -> None:
    """Right to left, with a switch to English."""
    link = await mailed_link()

    page = await browser.get(f"/activate/{link.token}")

    assert '<html lang="ar" dir="rtl">' in page.text
    assert f'href="/activate/{link.token}?lang=en"' in page.text
