"""Away dates and cases that are given, in Chromium: axe, and 320 px to 1280 px."""

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
from support.requests import NOW, request_at_gate
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


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_everybody_can_give_cases_to_an_officer(portal: FastAPI, language: str) -> None:
    """The boxes of a queue, to whom and why, what came of each, the case, and the workload."""
    await register_people()
    code = await request_at_gate()
    staff, app = await ready(Role.SUPERVISOR)
    async with served(portal) as site, screen(locale=language) as page:
        looks = Looks(page, language)
        await sign_in(page, site, staff, app)

        await page.goto(f"{site}/desk/queue?queue=all&lang={language}")
        await page.locator(f"#give-{code}").check()
        await looks.look("queue-with-boxes")
        await page.locator("#give button").click()
        await page.locator("#page button.wide").click()
        await expect(page.locator(".summary")).to_be_focused()
        await looks.look("give-mistake")
        await page.locator("#officer").select_option("basim")
        await page.locator("#why").fill("Amal is ill")
        await page.locator("#page button.wide").click()
        await expect(page.locator(".rows > li")).to_have_count(1)
        await looks.look("give-done")
        await page.locator(".rows a").click()
        await looks.look("given-case")
        await page.goto(f"{site}/desk/workload?lang={language}")
        await looks.look("workload")

    assert looks.faults == []
