"""The pages of the activation link."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest
from sqlmodel import select

from desk.requests.withdrawal import withdraw
from models.database import transaction
from models.door import OPERATIONS
from models.practitioners import ProfileVersion
from portal.web.guarding import HEADERS
from rules.requests.statuses import Status
from support.portal import SURE, Clock, mailed_link
from support.requests import NOW


async def versions() -> int:
    async with transaction() as session:
        return len((await session.exec(select(ProfileVersion))).all())


async def test_opening_the_link_shows_what_it_will_do(browser: httpx.AsyncClient) -> None:
    """The reference number, the kind and the end of its validity, in both calendars."""
    link = await mailed_link()

    page = await browser.get(f"/activate/{link.token}?lang=en")

    assert page.status_code == 200
    assert "Activate the request" in page.text
    assert '<bdi dir="ltr">MPU-1448-000001-' in page.text
    assert "26\u00a0November\u00a02026" in page.text
    assert "1448\u00a0AH" in page.text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_opening_the_link_changes_nothing(browser: httpx.AsyncClient, method: str) -> None:
    """Mail scanners open every link."""
    link = await mailed_link()

    await browser.request(method, f"/activate/{link.token}")

    assert await link.status() == Status.AWAITING_ACTIVATION


async def test_pressing_the_button_activates_and_leads_back_to_the_page(
    browser: httpx.AsyncClient,
) -> None:
    """The page can be reloaded without pressing again, and keeps the language."""
    link = await mailed_link()

    pressed = await browser.post(f"/activate/{link.token}?lang=en", data=SURE)
    page = await browser.get(pressed.headers["location"])

    assert (pressed.status_code, page.status_code) == (303, 200)
    assert await link.status() == Status.ACTIVATED
    assert "Your profile update request has been activated" in page.text
    assert "<button" not in page.text


async def test_a_link_used_twice_is_not_an_error(browser: httpx.AsyncClient) -> None:
    """Who presses again learns that it is in force; nothing happens twice."""
    link = await mailed_link()
    await browser.post(f"/activate/{link.token}", data=SURE)

    again = await browser.post(f"/activate/{link.token}", data=SURE)

    assert again.status_code == 303
    assert await versions() == 1


async def test_twenty_presses_at_once_are_one_version_and_twenty_friendly_answers(
    browser: httpx.AsyncClient,
) -> None:
    """Impatient people press again, and so do their browsers."""
    link = await mailed_link()

    pressed = await asyncio.gather(
        *(browser.post(f"/activate/{link.token}", data=SURE) for _ in range(20))
    )

    assert {page.status_code for page in pressed} == {303}
    assert await versions() == 1


async def test_an_expired_link_offers_a_new_one(browser: httpx.AsyncClient, clock: Clock) -> None:
    """Pressed or opened, it answers 410 and the button that asks for another."""
    link = await mailed_link()
    clock.forward(timedelta(hours=72))

    opened = await browser.get(f"/activate/{link.token}?lang=en")
    pressed = await browser.post(f"/activate/{link.token}?lang=en", data=SURE)

    assert (opened.status_code, pressed.status_code) == (410, 410)
    assert f'action="/activate/{link.token}/new-link?lang=en"' in opened.text
    assert "This link has expired" in pressed.text
    assert await link.status() == Status.AWAITING_ACTIVATION


async def test_asking_for_a_new_link_sends_one_and_says_so(
    browser: httpx.AsyncClient, clock: Clock
) -> None:
    """The old page then says that a newer letter is on its way, and the newest link works."""
    link = await mailed_link()
    clock.forward(timedelta(hours=72))

    asked = await browser.post(f"/activate/{link.token}/new-link?lang=en")
    page = await browser.get(asked.headers["location"])
    pressed = await browser.post(f"/activate/{await link.newest_token()}", data=SURE)

    assert (asked.status_code, page.status_code) == (303, 410)
    assert "A new link is on its way" in page.text
    assert pressed.status_code == 303
    assert await link.status() == Status.ACTIVATED


async def test_a_superseded_link_says_to_use_the_newest_letter(
    browser: httpx.AsyncClient,
) -> None:
    """It does nothing any more, and offers another letter."""
    link = await mailed_link()
    await browser.post(f"/activate/{link.token}/new-link")

    opened = await browser.get(f"/activate/{link.token}?lang=en")
    pressed = await browser.post(f"/activate/{link.token}", data=SURE)

    assert (opened.status_code, pressed.status_code) == (410, 410)
    assert "There is a newer link" in opened.text
    assert "Send me a new link" in opened.text
    assert await link.status() == Status.AWAITING_ACTIVATION


async def test_an_older_letter_of_an_activated_request_says_that_it_is_in_force(
    browser: httpx.AsyncClient,
) -> None:
    """Whoever used the newest link and opens an older letter has what they came for."""
    link = await mailed_link()
    await browser.post(f"/activate/{link.token}/new-link")
    await browser.post(f"/activate/{await link.newest_token()}", data=SURE)

    page = await browser.get(f"/activate/{link.token}?lang=en")

    assert page.status_code == 200
    assert "Your profile update request has been activated" in page.text


async def test_too_many_new_links_are_refused_with_the_time_of_the_next(
    browser: httpx.AsyncClient, clock: Clock
) -> None:
    """429 with Retry-After in seconds, and the hour in words."""
    link = await mailed_link()
    for _ in range(3):
        await browser.post(f"/activate/{link.token}/new-link")
    clock.forward(timedelta(minutes=10))

    page = await browser.post(f"/activate/{link.token}/new-link?lang=en")

    assert page.status_code == 429
    assert page.headers["retry-after"] == str(50 * 60)
    assert "13:00 Riyadh time" in page.text
    assert "Send me a new link" not in page.text


async def test_a_withdrawn_request_s_link_says_that_it_is_closed(
    browser: httpx.AsyncClient,
) -> None:
    """Nothing to press, no new link."""
    link = await mailed_link()
    await withdraw(link.code, by=OPERATIONS, now=NOW)

    opened = await browser.get(f"/activate/{link.token}?lang=en")
    asked = await browser.post(f"/activate/{link.token}/new-link?lang=en")
    page = await browser.get(asked.headers["location"])

    assert (opened.status_code, page.status_code) == (410, 410)
    assert "This request was withdrawn" in opened.text
    assert "on its way" not in page.text
    assert "<button" not in opened.text


STRANGE = [
    "x",
    "a" * 42,
    "a" * 44,
    "a" * 5000,
    "%00" * 43,
    "%F0%9F%92%A9",
    "..%5c..",
    "%22%3E%3Cb%3E",
]


@pytest.mark.parametrize("token", ["A" * 43, *STRANGE])
@pytest.mark.parametrize("page", ["/activate/{}", "/stop/{}"])
async def test_an_unknown_link_is_not_found(
    browser: httpx.AsyncClient, page: str, token: str
) -> None:
    """Whatever stands in the address, the answer is the same friendly page."""
    address = page.format(token)

    opened = await browser.get(address)
    pressed = await browser.post(address)

    assert (opened.status_code, pressed.status_code) == (404, 404)
    assert "This link does not work" in opened.text
    assert "<b>" not in opened.text


@pytest.mark.parametrize("token", ["A" * 43, *STRANGE])
async def test_a_new_link_for_an_unknown_one_is_not_found(
    browser: httpx.AsyncClient, token: str
) -> None:
    """There is nobody to send it to."""
    asked = await browser.post(f"/activate/{token}/new-link")

    followed = await browser.get(asked.headers.get("location", f"/activate/{token}"))

    assert followed.status_code == 404


async def test_the_page_shows_what_will_change(browser: httpx.AsyncClient) -> None:
    """On file and new, of a number its end; a street is not shown."""
    link = await mailed_link(mobile="0551112233", address="7 Somewhere Lane, Riyadh")

    page = await browser.get(f"/activate/{link.token}?lang=en")

    assert "What will change" in page.text
    assert re.search(r"From: </span>\s*ends in <bdi[^>]*>567</bdi>", page.text)
    assert re.search(r"To: </span>\s*ends in <bdi[^>]*>233</bdi>", page.text)
    assert "Will change (not shown here, to protect you)" in page.text
    assert "Somewhere" not in page.text
    assert "Olaya" not in page.text


async def test_a_new_mailbox_is_shown_nothing_of_what_is_on_file(
    browser: httpx.AsyncClient,
) -> None:
    """It may be a stranger's, by a slip of the hand or on purpose."""
    link = await mailed_link(email="hind@example.org", mobile="0551112233")

    page = await browser.get(f"/activate/{link.token}?lang=en")

    assert page.status_code == 200
    assert "h•••@example.org" in page.text
    assert re.search(r"To: </span>\s*ends in <bdi[^>]*>233</bdi>", page.text)
    for datum in ("Noura", "نورة", "example.com", "567", "hind@", "10000"):
        assert datum not in page.text


async def test_after_the_activation_the_page_shows_no_values(browser: httpx.AsyncClient) -> None:
    """Whoever opens the letter later sees that it is done, and nothing else."""
    link = await mailed_link()
    await browser.post(f"/activate/{link.token}", data=SURE)

    page = await browser.get(f"/activate/{link.token}?lang=en")

    assert "What will change" not in page.text
    assert "233" not in page.text.replace(link.code, "")


async def test_every_answer_carries_the_strict_headers(browser: httpx.AsyncClient) -> None:
    """The token must not travel on, nothing may be kept, and no script may run."""
    link = await mailed_link()

    answers = [
        await browser.get(f"/activate/{link.token}"),
        await browser.post(f"/activate/{link.token}", data=SURE),
        await browser.get("/nowhere"),
    ]

    expected = HEADERS | {"Cache-Control": "no-store"}
    for answer in answers:
        assert {name: answer.headers.get(name) for name in expected} == expected
