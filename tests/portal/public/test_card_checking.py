"""The page that a card's picture leads to."""

from datetime import timedelta

import httpx
import pytest

from desk.register.card_codes import reissue_code, withdraw_code
from models.access_log import Looked
from models.cards import find_card
from models.database import transaction
from models.practitioners import find_practitioner
from portal.web.guessing import MOST_MISSES, WINDOW
from rules.register.card import CardStatus
from support.at_the_desk import looks
from support.card_codes import TODAY, holder_with_code
from support.people import NOURA, register_people
from support.portal import Clock
from support.requests import NOW

pytestmark = pytest.mark.usefixtures("master_keys")
NOBODYS = "x" * 22


async def take_away(registration_number: str, status: CardStatus) -> None:
    """As the authority does, from a file of its own."""
    async with transaction() as session:
        who = await find_practitioner(session, registration_number)
        (await find_card(session, who.id, lock=True)).status = status


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


REFUSALS = {
    "en": {
        "expired": "Not valid since",
        "replaced": "Ask the holder for the present card",
        "withdrawn": "The code of this card was withdrawn",
        "unknown": "No card has this code",
    },
    "ar": {
        "expired": "غير سارية منذ",
        "replaced": "اطلب من حاملها إبراز البطاقة الحالية",
        "withdrawn": "أُلغي رمز هذه البطاقة",
        "unknown": "لا توجد بطاقة بهذا الرمز",
    },
}


@pytest.mark.parametrize("language", REFUSALS)
async def test_each_code_that_does_not_count_has_its_own_honest_answer(
    browser: httpx.AsyncClient, language: str
) -> None:
    """In both languages, and none of them says whose it was."""
    expired = (await holder_with_code(TODAY - timedelta(days=1)))[1]
    first, replaced = await holder_with_code()
    second, withdrawn = await holder_with_code()
    await reissue_code(first.registration_number, officer="amal", now=NOW)
    await withdraw_code(second.registration_number, officer="amal", now=NOW)

    for code, status, why in (
        (expired, 200, "expired"),
        (replaced, 200, "replaced"),
        (withdrawn, 200, "withdrawn"),
        (NOBODYS, 404, "unknown"),
        ("20-150001", 404, "unknown"),
    ):
        shown = await browser.get(f"/c/{code}?lang={language}")
        assert (shown.status_code, REFUSALS[language][why] in shown.text) == (status, True)
        assert NOURA["family_name_ar"] not in shown.text
        assert NOURA["family_name_en"] not in shown.text


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Do not rely on this card today."), ("ar", "لا يجوز الاعتماد على هذه البطاقة اليوم.")],
)
async def test_a_revoked_and_a_suspended_card_have_one_answer(
    browser: httpx.AsyncClient, language: str, said: str
) -> None:
    """A stranger is not told which, nor since when, nor whose it was."""
    answers = set()
    for status in (CardStatus.REVOKED, CardStatus.SUSPENDED):
        holder, code = await holder_with_code()
        await take_away(holder.registration_number, status)

        shown = await browser.get(f"/c/{code}?lang={language}")

        assert shown.status_code == 200
        answers.add(shown.text.replace(code, ""))

    [answer] = answers
    assert said in answer
    for hidden in (NOURA["family_name_ar"], NOURA["family_name_en"], REFUSALS[language]["expired"]):
        assert hidden not in answer


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
