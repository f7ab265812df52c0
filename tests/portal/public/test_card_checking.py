"""The page that a card's picture leads to."""

from datetime import timedelta

import httpx
import pytest

from desk.register.card_codes import reissue_code, withdraw_code
from models.access_log import Looked
from portal.web.guessing import MOST_MISSES, WINDOW
from support.at_the_desk import looks
from support.card_codes import TODAY, holder_with_code
from support.people import NOURA, register_people
from support.portal import Clock
from support.requests import NOW

pytestmark = pytest.mark.usefixtures("master_keys")
NOBODYS = "x" * 22


@pytest.fixture(autouse=True)
async def at_noon(database: str, clock: Clock) -> None:
    """The portal's clock stands where the cards were given."""
    await register_people()
    clock.now = NOW


@pytest.mark.parametrize(
    ("language", "said"), [("en", "This card is valid"), ("ar", "البطاقة سارية")]
)
async def test_a_valid_card_is_shown_with_its_name(
    browser: httpx.AsyncClient, language: str, said: str
) -> None:
    """In both languages, and with nothing that is not printed on it."""
    holder, code = await holder_with_code()

    shown = await browser.get(f"/c/{code}?lang={language}")

    assert shown.status_code == 200
    assert said in shown.text
    assert NOURA["family_name_ar"] in shown.text
    assert NOURA["family_name_en"] in shown.text
    for hidden in (holder.registration_number, holder.email, holder.registration_number[2:]):
        assert hidden not in shown.text


async def test_nothing_keeps_or_finds_the_page(browser: httpx.AsyncClient) -> None:
    """No cache, no search engine, and no other site is told the address."""
    _, code = await holder_with_code()

    headers = (await browser.get(f"/c/{code}")).headers

    assert headers["cache-control"] == "no-store"
    assert "noindex" in headers["x-robots-tag"]
    assert headers["referrer-policy"] == "no-referrer"


async def test_each_code_that_does_not_count_has_its_own_honest_answer(
    browser: httpx.AsyncClient,
) -> None:
    """And none of them says whose it was."""
    expired = (await holder_with_code(TODAY - timedelta(days=1)))[1]
    first, replaced = await holder_with_code()
    second, withdrawn = await holder_with_code()
    await reissue_code(first.registration_number, officer="amal", now=NOW)
    await withdraw_code(second.registration_number, officer="amal", now=NOW)

    for code, status, said in (
        (expired, 200, "Not valid since"),
        (replaced, 200, "Ask the holder for the present card"),
        (withdrawn, 200, "The code of this card was withdrawn"),
        (NOBODYS, 404, "No card has this code"),
        ("20-150001", 404, "No card has this code"),
    ):
        shown = await browser.get(f"/c/{code}?lang=en")
        assert (shown.status_code, said in shown.text) == (status, True)
        assert NOURA["family_name_en"] not in shown.text


async def test_whoever_tries_codes_is_stopped_and_right_ones_are_free(
    browser: httpx.AsyncClient, clock: Clock
) -> None:
    """As for tracking codes, and counted with them."""
    _, code = await holder_with_code()
    for _ in range(MOST_MISSES + 5):
        assert (await browser.get(f"/c/{code}")).status_code == 200
    for _ in range(MOST_MISSES):
        assert (await browser.get(f"/c/{NOBODYS}")).status_code == 404

    stopped = await browser.get(f"/c/{code}?lang=en")
    tracking = await browser.post("/track", data={"code": "0000-0000"})
    clock.now += WINDOW
    again = await browser.get(f"/c/{code}")

    assert (stopped.status_code, tracking.status_code) == (429, 429)
    assert "Too many wrong codes" in stopped.text
    assert again.status_code == 200


async def test_a_look_without_its_page_is_a_look(browser: httpx.AsyncClient) -> None:
    """HEAD answers the same and leaves its line."""
    _, code = await holder_with_code()

    shown = await browser.head(f"/c/{code}")

    assert (shown.status_code, shown.content) == (200, b"")
    assert len(await looks(Looked.CARD_CHECK)) == 1
