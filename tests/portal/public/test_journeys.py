"""People in front of a real browser, and the portal on a real server."""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from playwright.async_api import Page, async_playwright, expect

from desk.requests.waiting import load_request
from rules.requests.statuses import Status
from support.browsing import CHROMIUM, served
from support.portal import SURE, Clock, mailed_link
from support.reminding import Runs, asked_to_confirm


@pytest.fixture
async def site(portal: FastAPI) -> AsyncIterator[str]:
    """Where the portal is."""
    async with served(portal) as address:
        yield address


@pytest.fixture
async def screen() -> AsyncIterator[Page]:
    """A narrow telephone; whatever its console complains of fails the test."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 360, "height": 720}, locale="en-GB")
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        await browser.close()
    # Pages that answer 404 or 410 are meant to; the rest of what a browser says is our fault.
    assert [text for text in complaints if "status of 4" not in text] == []


async def test_a_practitioner_activates_and_follows_the_request(site: str, screen: Page) -> None:
    """From the letter's link to the status page, in English by the switch."""
    link = await mailed_link()

    await screen.goto(f"{site}/activate/{link.token}")
    await expect(screen.locator("html")).to_have_attribute("dir", "rtl")
    await screen.get_by_role("link", name="English").click()
    await screen.get_by_role("checkbox").check()
    await screen.get_by_role("button", name="Activate the request").click()
    await expect(screen.get_by_role("heading", name="Your request is complete")).to_be_visible()
    await screen.goto(f"{site}/track?lang=en")
    await screen.get_by_label("Tracking code").fill(link.code.lower())
    await screen.get_by_role("button", name="Show the status").click()

    await expect(screen.get_by_role("heading", name="Complete")).to_be_visible()
    assert await link.status() == Status.ACTIVATED


async def test_an_expired_link_leads_to_a_new_letter_that_works(
    site: str, screen: Page, clock: Clock
) -> None:
    """Somebody comes back after the weekend."""
    link = await mailed_link()
    clock.forward(timedelta(days=4))

    await screen.goto(f"{site}/activate/{link.token}?lang=en")
    await screen.get_by_role("button", name="Send me a new link").click()
    await expect(screen.get_by_role("heading", name="A new link is on its way")).to_be_visible()
    await screen.goto(f"{site}/activate/{await link.newest_token()}?lang=en")
    await screen.get_by_role("checkbox").check()
    await screen.get_by_role("button", name="Activate the request").click()

    await expect(screen.get_by_role("heading", name="Your request is complete")).to_be_visible()
    assert await link.status() == Status.ACTIVATED


async def test_a_double_click_is_one_activation(site: str, screen: Page) -> None:
    """And so is a reload and a press from the page that the browser kept."""
    link = await mailed_link()

    await screen.goto(f"{site}/activate/{link.token}?lang=en")
    await screen.get_by_role("checkbox").check()
    await screen.get_by_role("button", name="Activate the request").dblclick()
    await expect(screen.get_by_role("heading", name="Your request is complete")).to_be_visible()
    await screen.reload()

    await expect(screen.get_by_role("heading", name="Your request is complete")).to_be_visible()
    assert (await load_request(link.code)).status == Status.ACTIVATED


async def test_a_practitioner_confirms_on_a_telephone_in_arabic(
    site: str, screen: Page, runs: Runs
) -> None:
    """A name without a blank does not make the page wider than the telephone."""
    asked = await asked_to_confirm(runs, preferred_language="ar", employer="W" * 300)

    await screen.goto(f"{site}/confirm/{asked.token}")
    await expect(screen.locator("html")).to_have_attribute("dir", "rtl")
    width = await screen.evaluate("document.documentElement.scrollWidth")
    await screen.get_by_role("checkbox").check()
    await screen.get_by_role("button", name="تأكيد صحة البيانات").click()

    await expect(screen.get_by_role("heading", name="بياناتك مؤكدة")).to_be_visible()
    assert width == 360
    assert len(await asked.person.confirmations()) == 1


async def test_what_changes_under_a_reader_is_read_again_before_it_is_confirmed(
    site: str, screen: Page, runs: Runs
) -> None:
    """On a wide screen, in English; a reload after the press presses nothing."""
    asked = await asked_to_confirm(runs)
    await screen.set_viewport_size({"width": 1000, "height": 800})

    await screen.goto(f"{site}/confirm/{asked.token}")
    await asked.person.change_profile(employer="King Fahad Hospital")
    await screen.get_by_role("checkbox").check()
    await screen.get_by_role("button", name="Yes, my details are correct").click()
    await expect(screen.get_by_role("heading", name="Your details have changed")).to_be_visible()
    await expect(screen.get_by_text("King Fahad Hospital")).to_be_visible()
    await screen.get_by_role("checkbox").check()
    await screen.get_by_role("button", name="Yes, my details are correct").dblclick()
    await expect(screen.get_by_role("heading", name="Your details are confirmed")).to_be_visible()
    await screen.reload()

    await expect(screen.get_by_role("heading", name="Your details are confirmed")).to_be_visible()
    assert len(await asked.person.confirmations()) == 1


async def test_no_page_is_wider_than_a_small_telephone(site: str, screen: Page) -> None:
    """Nobody has to scroll sideways to read a reference number."""
    link = await mailed_link()
    pages = ["/", "/track", f"/activate/{link.token}", "/nowhere"]

    widths = []
    for address in pages:
        await screen.goto(f"{site}{address}")
        widths.append(await screen.evaluate("document.documentElement.scrollWidth"))

    assert widths == [360] * len(pages)


async def test_the_server_logs_no_token(site: str, caplog: pytest.LogCaptureFixture) -> None:
    """Neither where it works nor where somebody sends nonsense."""
    caplog.set_level(logging.INFO)
    link = await mailed_link()

    async with httpx.AsyncClient(base_url=site, timeout=60) as client:
        await client.get(f"/activate/{link.token}")
        await client.post(f"/activate/{link.token}", data=SURE)
        await client.post(f"/activate/{link.token}/nowhere", content=b"x" * 9000)

    # What the test's own client logs is not the server's. The server's access log is switched off
    # (test_serving reads the real process's); Prefect's logging switches it on again where a test
    # before has set it up in this process.
    others = ("http", "uvicorn.access")
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith(others)]
    assert not any(link.token in message for message in ours)


async def test_finished_steps_print_filled_and_nothing_to_press_prints(
    site: str, screen: Page
) -> None:
    """Printers leave backgrounds out, so a dot must be made of its border."""
    link = await mailed_link()
    await screen.set_viewport_size({"width": 700, "height": 900})
    await screen.goto(f"{site}/track?lang=en")
    await screen.get_by_label("Tracking code").fill(link.code)
    await screen.get_by_role("button", name="Show the status").click()

    await screen.emulate_media(media="print", color_scheme="dark")
    dot = await screen.evaluate(
        """() => {
            const style = getComputedStyle(document.querySelector(".steps .done"), "::before")
            return [style.borderTopWidth, style.width].map(parseFloat)
        }"""
    )
    ground = await screen.evaluate("getComputedStyle(document.querySelector('.card')).color")

    assert dot[0] * 2 >= dot[1] - 0.01
    assert ground == "rgb(28, 37, 34)"
    await expect(screen.get_by_role("button")).to_have_count(0)
    await expect(screen.get_by_text("Track another request")).to_be_hidden()
    await expect(screen.get_by_text(link.code)).to_be_visible()
