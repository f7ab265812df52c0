"""Accounts in Chromium: a telephone and a desk, Arabic and English, light and dark."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from desk.accounts.asking import ask_for_first_sign_in
from rules.accounts.kinds import LinkUse
from support.accounts import OTHER, PASSWORD, Member, network, on_register, with_password
from support.browsing import CHROMIUM, served
from support.people import contact_change
from support.requests import NOW, request_awaiting_activation

#: Where to keep pictures of every page, for whoever wants to look at them.
PICTURES = os.environ.get("MUMARIS_TEST_PICTURES")
PHONE, DESK = (320, 720), (1280, 900)


@pytest.fixture
async def site(portal: FastAPI) -> AsyncIterator[str]:
    """Where the portal is."""
    async with served(portal) as address:
        yield address


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


async def opened(
    chromium: Browser,
    *,
    size: tuple[int, int] = PHONE,
    scheme: Literal["light", "dark"] = "light",
    scripts: bool = True,
    locale: str = "en-GB",
) -> BrowserContext:
    """A window of this size."""
    return await chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        java_script_enabled=scripts,
        locale=locale,
    )


async def test_enter_signs_in(site: str, chromium: Browser) -> None:
    """Not the button of the other language, which stands before the form."""
    member = await with_password()
    page = await (await opened(chromium)).new_page()

    await page.goto(f"{site}/sign-in")
    await page.locator("[name=name]").fill(member.identity_number)
    await page.locator("[name=password]").fill(member.password)
    await page.locator("[name=password]").press("Enter")

    await expect(page).to_have_url(re.compile("/home"))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_from_the_card_to_one_s_own_page(
    site: str, chromium: Browser, *, scripts: bool
) -> None:
    """First sign-in, home, another password, out, and in again; with scripts off as well."""
    member = await on_register()
    context = await opened(chromium, scripts=scripts)
    page = await context.new_page()

    await page.goto(f"{site}/first-sign-in?lang=en")
    await page.get_by_label("Professional registration number").fill(member.registration_number)
    await page.get_by_label("National ID or Iqama number").fill(member.identity_number)
    await page.get_by_role("button", name="Send the link").click()
    await expect(page.get_by_role("heading", name="Check your e-mail")).to_be_visible()
    token = await member.open_link(LinkUse.FIRST_SIGN_IN)
    await page.goto(f"{site}/first-sign-in/{token}?lang=en")
    await page.get_by_label("New password", exact=True).fill(PASSWORD)
    await page.get_by_label("New password again").fill(PASSWORD)
    await page.get_by_role("button", name="Set the password and sign in").click()
    await expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    await page.get_by_role("link", name="Change your password").click()
    await page.get_by_label("Current password").fill(PASSWORD)
    await page.get_by_label("New password", exact=True).fill(OTHER)
    await page.get_by_label("New password again").fill(OTHER)
    await page.get_by_role("button", name="Change the password").click()
    await expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await page.get_by_label("E-mail address, or national ID").fill(member.email)
    await page.get_by_label("Password", exact=True).fill(OTHER)
    await page.get_by_role("button", name="Sign in", exact=True).click()

    await expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    await context.close()


async def test_a_mistake_takes_the_focus_and_leads_to_its_field(
    site: str, chromium: Browser
) -> None:
    """The summary on top is read out, its link goes to the box, and what was typed stays."""
    context = await opened(chromium)
    page = await context.new_page()

    await page.goto(f"{site}/sign-in?lang=en")
    await page.get_by_label("E-mail address, or national ID").fill("1000000008")
    await page.get_by_label("Password", exact=True).fill("not the password")
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page).to_have_title("Error: Sign in · Mumaris")
    await expect(page.locator(".summary")).to_be_focused()
    await page.locator(".summary a").click()

    await expect(page.locator("#name")).to_be_focused()
    await expect(page.locator("#name")).to_have_value("1000000008")
    await expect(page.get_by_label("Password", exact=True)).to_have_value("")
    await context.close()


async def test_no_page_is_wider_than_the_smallest_telephone(site: str, chromium: Browser) -> None:
    """In both languages, light and dark, signed in and not; pictures of each where asked for."""
    member = await with_password()
    stranger = await on_register()
    submission = contact_change(
        registration_number=member.registration_number,
        idempotency_key=member.registration_number,
        changes={"mobile": "0551112233"},
    )
    code, _ = await request_awaiting_activation(submission)
    await _asked(stranger)
    token = await stranger.open_link(LinkUse.FIRST_SIGN_IN)
    outside = ["/", "/sign-in", "/first-sign-in", "/forgotten-password", f"/first-sign-in/{token}"]
    inside = ["/home", f"/requests/{code}", "/account/password", "/account/sessions"]

    widths = {}
    for size, scheme in ((PHONE, "light"), (PHONE, "dark"), (DESK, "light"), (DESK, "dark")):
        context = await opened(chromium, size=size, scheme=scheme)  # type: ignore[arg-type]
        page = await context.new_page()
        for language in ("ar", "en"):
            for path in outside:
                widths[size, path] = await _width(page, f"{site}{path}", language, scheme, size)
        await page.goto(f"{site}/sign-in?lang=en")
        await page.locator("#name").fill(member.identity_number)
        await page.locator("#password").fill("wrong")
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await _picture(page, f"sign-in-error-en-{scheme}-{size[0]}")
        await page.locator("#password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        for language in ("ar", "en"):
            for path in inside:
                widths[size, path] = await _width(page, f"{site}{path}", language, scheme, size)
        await context.close()

    assert all(width <= size[0] for (size, _), width in widths.items()), widths


async def _asked(member: Member) -> None:
    await ask_for_first_sign_in(
        member.registration_number, member.identity_number, network(), now=NOW
    )


async def _width(
    page: Page, address: str, language: str, scheme: str, size: tuple[int, int]
) -> int:
    await page.goto(f"{address}?lang={language}")
    await expect(page.locator("html")).to_have_attribute("lang", language)
    name = address.rpartition(":")[2].partition("/")[2].replace("/", "-")[:30] or "home-public"
    await _picture(page, f"{name}-{language}-{scheme}-{size[0]}")
    width: int = await page.evaluate("document.documentElement.scrollWidth")
    return width


async def _picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
