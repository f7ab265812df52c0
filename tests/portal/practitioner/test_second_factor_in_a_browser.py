"""The second factor in Chromium: an officer's first sign-in, and a code on a small telephone."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.async_api import Page, expect
from pyotp import TOTP

from rules.accounts.kinds import Role
from support.accounts import with_password
from support.browsing import served
from support.requests import NOW
from support.screens import DESK, PHONE, is_as_wide_as_its_screen, screen
from support.staff import app_of, invited

pytestmark = pytest.mark.usefixtures("master_keys")

#: Where to keep pictures of every page, for whoever wants to look at them.
PICTURES = os.environ.get("MUMARIS_TEST_PICTURES")
#: Without scripts nothing can be asked of a page.
NO_SCRIPTS = {"java_script_enabled": False}


@pytest.fixture
async def site(portal: FastAPI) -> AsyncIterator[str]:
    """Where the portal is."""
    async with served(portal) as address:
        yield address


async def seen(page: Page, name: str) -> None:
    """Keep a picture, where somebody wants one."""
    if PICTURES is not None:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("language", "look"),
    [
        ("en", {"viewport": DESK}),
        ("ar", {"viewport": PHONE, **NO_SCRIPTS}),
        ("ar", {"viewport": PHONE, "color_scheme": "dark"}),
    ],
    ids=["desk", "telephone without scripts", "dark telephone"],
)
async def test_an_officer_sets_up_an_app_and_comes_back(
    site: str, language: str, look: dict[str, object], request: pytest.FixtureRequest
) -> None:
    """Password, app, codes, the staff page, out, and in again by both."""
    staff = await invited(Role.SUPERVISOR, Role.OFFICER)
    token = await staff.open_link()
    name = re.sub(r"\W+", "-", request.node.callspec.id)
    async with screen(**look) as page:
        await page.goto(f"{site}/first-sign-in/{token}?lang={language}")
        await page.locator("[name=password]").fill(staff.password)
        await page.locator("[name=repeated]").fill(staff.password)
        await seen(page, f"{name}-1-password")
        await page.locator("main button").click()
        await expect(page).to_have_url(re.compile("/sign-in/set-up"))
        await seen(page, f"{name}-2-choose")
        await page.locator("main form[action*='set-up/app'] button").click()
        await expect(page.locator(".qr")).to_be_visible()
        if "java_script_enabled" not in look:
            assert await is_as_wide_as_its_screen(page)
        await seen(page, f"{name}-3-app")
        app = TOTP("".join(await page.locator(".secret span").all_inner_texts()))
        await page.locator("[name=code]").fill("000")
        await page.locator("main button").click()
        await expect(page.locator(".summary")).to_be_visible()
        await page.locator("[name=code]").fill(app.at(NOW))
        await page.locator("main button").click()
        await expect(page.locator(".codes li")).to_have_count(10)
        await seen(page, f"{name}-4-codes")
        code = await page.locator(".codes li").first.inner_text()
        await page.locator("main a.button").click()
        await expect(page).to_have_url(re.compile("/desk"))
        await seen(page, f"{name}-5-desk")
        await page.locator("a[href*='/account/second-factor']").click()
        await expect(page.locator("h1")).to_be_visible()
        await seen(page, f"{name}-6-factor")
        await page.locator("header form button").click()
        await page.locator("[name=name]").fill(staff.email)
        await page.locator("[name=password]").fill(staff.password)
        await page.locator("#ask button.wide").click()
        await expect(page).to_have_url(re.compile("/sign-in/second"))
        await seen(page, f"{name}-7-second")
        await page.locator("[name=code]").fill(code)
        await page.locator("#ask button.wide").click()
        await expect(page).to_have_url(re.compile("/desk"))
        await page.goto(f"{site}/card?lang={language}")
        await seen(page, f"{name}-8-not-theirs")
        await page.goto(f"{site}/account/confirm?lang={language}")
        await seen(page, f"{name}-9-again")


async def test_a_code_is_typed_on_a_small_telephone(site: str) -> None:
    """In Arabic, 320 pixels wide, with the digits of an Arabic keyboard."""
    member = await with_password()
    account = await member.account()
    assert account is not None
    app, _ = await app_of(account.id)
    async with screen(viewport=PHONE) as page:
        await page.goto(f"{site}/sign-in?lang=ar")
        await page.locator("[name=name]").fill(member.identity_number)
        await page.locator("[name=password]").fill(member.password)
        await page.locator("#ask button.wide").click()
        await expect(page.locator("[name=code]")).to_be_visible()
        assert await is_as_wide_as_its_screen(page)
        arabic = app.at(NOW).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
        await page.locator("[name=code]").fill(arabic)
        await page.locator("#ask button.wide").click()

        await expect(page).to_have_url(re.compile("/home"))
