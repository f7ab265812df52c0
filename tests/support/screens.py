"""Screens of real browsers, from a small telephone to a desk."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Page, async_playwright, expect

from support.accounts import Member
from support.browsing import CHROMIUM

PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 900}
#: A tracking code.
_CODE = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}")
#: What a console says of a page that is wrong; the rest is advice.
_FAULTS = ("error", "warning", "page")


@asynccontextmanager
async def screen(**context: Any) -> AsyncIterator[Page]:
    """A page in a browser of its own; whatever its console complains of fails the test."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(**context)
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"page: {error}"))
        yield page
        await browser.close()
    # Pages that answer 4xx are meant to; the rest of what a browser says is our fault.
    ours = [said for said in complaints if said.startswith(_FAULTS) and "status of 4" not in said]
    assert ours == [], ours


async def is_as_wide_as_its_screen(page: Page) -> bool:
    """Whether nobody has to scroll sideways, once all that it shows is there."""
    # A press ends when the next page begins: until then there is nothing to measure.
    await page.wait_for_load_state()
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(await page.evaluate(fits))


async def sign_in(page: Page, site: str, member: Member, language: str) -> None:
    """As a person does."""
    await page.goto(f"{site}/sign-in?lang={language}")
    await page.locator("[name=name]").fill(member.identity_number)
    await page.locator("[name=password]").fill(member.password)
    await page.locator("#ask button.wide").click()
    await expect(page).to_have_url(re.compile(r"/home"))


async def code_on(page: Page) -> str:
    """The number that the last page shows."""
    text = await page.locator(".number").inner_text()
    found = _CODE.search(text)
    assert found
    return found[0]


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until this has the focus; fails where it never gets it."""
    for _ in range(80):
        await page.keyboard.press("Tab")
        if await page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
    raise AssertionError(f"Tab does not come to {selector}")
