"""Away dates in Chromium, as everybody has them: axe, and 320 px to 1280 px."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from playwright.async_api import expect

from desk.requests.absences import say_away
from portal.officers.start import AWAY
from rules.accounts.kinds import Role
from rules.requests.absences import DaysAway
from rules.values.dates import riyadh_day
from support.browsing import served
from support.page_looks import Looks
from support.people import register_people
from support.requests import NOW
from support.screens import screen
from support.staff import ready

from .test_in_a_browser import sign_in

pytestmark = pytest.mark.usefixtures("master_keys")
TODAY = riyadh_day(NOW)
DAY = timedelta(days=1)


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_everybody_can_say_when_they_are_away(portal: FastAPI, language: str) -> None:
    """With nobody away, mistakes, oneself away, and colleagues."""
    await register_people()
    staff, app = await ready(Role.SUPERVISOR)
    async with served(portal) as site, screen(locale=language) as page:
        looks = Looks(page, language)
        await sign_in(page, site, staff, app)
        away = f"{site}{AWAY}?lang={language}"

        await page.goto(away)
        await looks.look("away-nobody")
        await page.locator("#first").fill("2020-01-01")
        await page.locator("#page button.wide").click()
        await expect(page.locator(".summary")).to_be_focused()
        await looks.look("away-mistake")
        await say_away("basim", DaysAway(TODAY + DAY, TODAY + 3 * DAY), by="rahul", now=NOW)
        await page.goto(away)
        await page.locator("#first").fill(TODAY.isoformat())
        await page.locator("#last").fill((TODAY + DAY).isoformat())
        await page.locator("#page button.wide").click()
        await expect(page.locator(".rows > li")).to_have_count(2)
        await looks.look("away-now")

    assert looks.faults == []
