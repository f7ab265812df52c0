"""The desk's lists in Chromium, as everybody has them: axe, and 320 px to 1280 px."""

import pytest
from fastapi import FastAPI
from playwright.async_api import expect

from desk.requests.claims import claim
from rules.accounts.kinds import Role
from support.browsing import served
from support.page_looks import Looks
from support.people import register_applicant, register_people, specialty_change
from support.requests import NOW, request_at_gate
from support.screens import screen
from support.staff import ready

from .test_in_a_browser import LONG, sign_in

pytestmark = pytest.mark.usefixtures("master_keys")


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_everybody_can_narrow_a_queue(portal: FastAPI, language: str) -> None:
    """By the keyboard, and sees what is left out."""
    await register_people()
    code = await request_at_gate()
    await claim(code, "basim", now=NOW)
    staff, app = await ready(Role.OFFICER)
    async with served(portal) as site, screen(locale=language) as page:
        looks = Looks(page, language)
        await sign_in(page, site, staff, app)
        await page.goto(f"{site}/desk/queue?queue=all&lang={language}")
        await page.locator(".narrowing > summary").press("Enter")
        await page.locator("#officer").select_option("basim")
        await page.locator("#why").select_option("certificates_added")
        await page.locator("#before").fill("2030-01-01")
        await looks.look("queue-filters")
        await page.locator(".narrowing button").press("Enter")
        await expect(page.locator(".rows > li")).to_have_count(1)
        await looks.look("queue-narrowed")
        await page.goto(f"{site}/desk?queue=all&due=late&officer=basim&lang={language}")
        await looks.look("desk-narrowed")

    assert looks.faults == []


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_everybody_can_approve_several_cases(portal: FastAPI, language: str) -> None:
    """From the queue of one kind: with mistakes, ticks, results, and nothing left."""
    await register_people()
    await request_at_gate()
    number = (await register_applicant(family_name_en=LONG)).registration_number
    await request_at_gate(
        specialty_change(NOW.date(), registration_number=number, idempotency_key=number)
    )
    staff, app = await ready(Role.OFFICER)
    async with served(portal) as site, screen(locale=language) as page:
        looks = Looks(page, language)
        await sign_in(page, site, staff, app)
        await page.goto(f"{site}/desk/queue?queue=to_take&kind=profile_update&lang={language}")
        await page.locator("main a[href*='/desk/bulk']").press("Enter")
        await page.locator("#page button.wide").press("Enter")
        await expect(page.locator(".summary")).to_be_visible()
        await looks.look("bulk-nothing-ticked")
        for box in await page.locator(".tick input").all():
            await box.press("Space")
        await page.locator("#page button.wide").press("Enter")
        await expect(page.locator(".rows > li")).to_have_count(2)
        await looks.look("bulk-done")
        await page.locator("main a[href*='/desk/bulk']").press("Enter")
        await expect(page.locator("#page button.wide")).to_have_count(0)
        await looks.look("bulk-none")

    assert looks.faults == []


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_everybody_can_export_a_queue(portal: FastAPI, language: str) -> None:
    """With a mistake, and the file that comes in the end."""
    await register_people()
    await request_at_gate()
    staff, app = await ready(Role.AUDITOR)
    async with served(portal) as site, screen(locale=language) as page:
        looks = Looks(page, language)
        await sign_in(page, site, staff, app)
        await page.goto(f"{site}/desk?lang={language}")
        await page.locator("main a[href*='/desk/export']").press("Enter")
        await page.locator("#page button.wide").press("Enter")
        await expect(page.locator(".summary")).to_be_visible()
        await page.locator(".narrowing > summary").press("Enter")
        await looks.look("export-without-a-reason")
        await page.locator("#reason").fill("weekly report")
        async with page.expect_download() as coming:
            await page.locator("#page button.wide").press("Enter")
        file = await coming.value
        assert file.suggested_filename.startswith("mumaris-all-")

    assert looks.faults == []
