"""Screens of real browsers, from a small telephone to a desk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Page, async_playwright

from support.browsing import CHROMIUM

PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 900}
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
    """Whether nobody has to scroll sideways."""
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(await page.evaluate(fits))
