"""Searching and the access log in Chromium, as everybody has them: axe, and 320 px to 1280 px."""

import re

import pytest
from fastapi import FastAPI
from playwright.async_api import Page, expect
from pyotp import TOTP

from portal.officers.access_log import ACCESS_LOG
from portal.officers.searching import SEARCH
from rules.accounts.kinds import Role
from support.browsing import served
from support.page_looks import Looks
from support.people import register_applicant, register_people
from support.requests import NOW, request_at_gate
from support.screens import screen
from support.staff import Staff, ready

pytestmark = pytest.mark.usefixtures("master_keys")
LONG = "Abd-al-Rahmanabdalrahmanabdalrahmanabdalrahmanabdalrahmanabd"


async def sign_in(page: Page, site: str, staff: Staff, app: TOTP) -> None:
    """By the password and the app."""
    await page.goto(f"{site}/sign-in")
    await page.locator("[name=name]").fill(staff.email)
    await page.locator("[name=password]").fill(staff.password)
    await page.locator("#ask button.wide").click()
    await page.locator("[name=code]").fill(app.at(NOW))
    await page.locator("main form button:not(.secondary)").first.click()
    await expect(page).to_have_url(re.compile(r"/desk"))


async def typed(page: Page, address: str, **boxes: str) -> None:
    """Open the page, fill in and press Enter."""
    await page.goto(address)
    for box, text in boxes.items():
        await page.locator(f"#{box}").fill(text)
    await page.locator(f"#{box}").press("Enter")
    await page.wait_for_load_state()


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_everybody_can_search_and_audit(portal: FastAPI, language: str) -> None:
    """With people who were found, nobody, mistakes, and lines of the log."""
    await register_people()
    await register_applicant(first_name_ar="\u202eنورة\u2067", family_name_en=LONG)
    await request_at_gate()
    staff, app = await ready(Role.OFFICER, Role.AUDITOR)
    async with served(portal) as site, screen(locale=language) as page:
        looks = Looks(page, language)
        await sign_in(page, site, staff, app)
        search = f"{site}{SEARCH}?lang={language}"
        log = f"{site}{ACCESS_LOG}?lang={language}"

        await typed(page, search, text="نورة")
        await expect(page.locator(".rows > li")).to_have_count(2)
        await looks.look("search-found")
        await typed(page, search, text="2000000014")
        await looks.look("search-nobody")
        await typed(page, search, text="%")
        await looks.look("search-mistake")
        await typed(page, log, officer=staff.user_name)
        await expect(page.locator(".rows > li")).to_have_count(4)
        await looks.look("log-lines")
        await typed(page, log, number="x", day="x")
        await looks.look("log-mistakes")

    assert looks.faults == []
