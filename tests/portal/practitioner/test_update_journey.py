"""The profile update before people: on a telephone in Arabic, on a desk, by keyboard alone."""

import re
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from playwright.async_api import expect

from desk.requests.waiting import load_request
from support.accounts import with_password
from support.browsing import served
from support.screens import DESK, PHONE, code_on, is_as_wide_as_its_screen, screen, sign_in, tab_to


@pytest.fixture
async def site(portal: FastAPI) -> AsyncIterator[str]:
    """Where the portal is."""
    async with served(portal) as address:
        yield address


async def test_on_a_small_telephone_in_arabic_without_scripts(site: str) -> None:
    """The article's steps, with Arabic digits and the Hijri calendar; no page is too wide."""
    member = await with_password()
    narrow: list[bool] = []
    async with screen(viewport=PHONE, locale="ar-SA", java_script_enabled=False) as page:
        await sign_in(page, site, member, "ar")
        await page.get_by_role("link", name="تحديث بيانات العضو").click()
        await page.get_by_label("رقم التسجيل المهني").fill(
            member.registration_number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
        )
        await page.get_by_role("button", name="بحث").click()
        await expect(page.get_by_role("heading", name="بياناتك المسجّلة لدينا")).to_be_visible()
        await page.get_by_role("link", name="تغيير بيانات التواصل").click()
        await page.get_by_label("رقم الجوال").fill("٠٥٥١١١٢٢٣٣")
        await page.get_by_label("العنوان الوطني").fill("W" * 250)
        await page.get_by_role("button", name="متابعة").click()
        await page.get_by_role("link", name="مراجعة البيانات").click()
        await page.get_by_role("checkbox").check()
        await page.get_by_role("button", name="التالي").click()
        await expect(page.get_by_role("heading", name="تم استلام طلبك")).to_be_visible()
        code = await code_on(page)
        await page.reload()
        assert await code_on(page) == code
        await page.get_by_role("link", name="إنهاء").click()
        await expect(page.get_by_text(code)).to_be_visible()

    async with screen(viewport=PHONE, locale="ar-SA") as page:
        await sign_in(page, site, member, "ar")
        for path in ("/update", "/update/details", f"/requests/{code}/sent", f"/requests/{code}"):
            await page.goto(f"{site}{path}")
            narrow.append(await is_as_wide_as_its_screen(page))
    assert narrow == [True] * 4
    row = await load_request(code)
    assert row.submission["changes"]["mobile"] == "٠٥٥١١١٢٢٣٣"


async def test_on_a_desk_in_english_with_mistakes_on_the_way(site: str) -> None:
    """Mistakes are led to, kept and put right; the other language keeps what was typed."""
    member = await with_password(preferred_language="en")
    async with screen(viewport=DESK, locale="en-GB") as page:
        await sign_in(page, site, member, "en")
        await page.goto(f"{site}/update/edit/contact")
        await page.get_by_label("Mobile number").fill("12")
        await page.get_by_label("E-mail address").fill("nobody")
        await page.get_by_role("button", name="Continue").click()
        await expect(page.get_by_role("alert")).to_be_focused()
        await page.get_by_role("link", name="Mobile number: This is not").click()
        await expect(page.get_by_label("Mobile number")).to_be_focused()
        await page.get_by_label("Mobile number").fill("0551112233")
        await page.get_by_role("button", name="العربية").click()
        await expect(page.locator("html")).to_have_attribute("dir", "rtl")
        await expect(page.locator("#mobile")).to_have_value("0551112233")
        await expect(page.locator("#email")).to_have_value("nobody")
        await page.get_by_role("button", name="English").click()
        await page.get_by_label("E-mail address").fill(member.email)
        await page.get_by_label("E-mail address").press("Enter")
        await expect(page).to_have_url(re.compile(r"/update/details"))
        await page.get_by_role("link", name="Review your details").click()
        await page.get_by_role("button", name="Next").click()
        await expect(page.get_by_role("alert")).to_contain_text("confirm that they are correct")
        await page.get_by_role("checkbox").check()
        await page.get_by_role("button", name="Next").dblclick()
        await expect(page.get_by_role("heading", name="We have received")).to_be_visible()
        code = await code_on(page)
        await page.goto(f"{site}/update/review")

        await expect(page).to_have_url(re.compile(rf"/requests/{code}"))


async def test_by_keyboard_alone(site: str) -> None:
    """From the details to the code: Tab, Enter and Space."""
    member = await with_password(preferred_language="en")
    async with screen(viewport=DESK, locale="en-GB") as page:
        await sign_in(page, site, member, "en")
        await page.goto(f"{site}/update/edit/employer")
        await tab_to(page, "#employer")
        await page.keyboard.press("Control+A")
        await page.keyboard.type(member.registration_number)
        await page.keyboard.press("Control+A")
        await page.keyboard.type("King Salman Hospital")
        await tab_to(page, "main form button")
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(re.compile(r"/update/details"))
        await tab_to(page, 'a[href^="/update/edit/contact"]')
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(re.compile(r"/update/edit/contact"))
        await tab_to(page, "#mobile")
        await page.keyboard.press("Control+A")
        await page.keyboard.type("0551112233")
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(re.compile(r"/update/details"))
        await tab_to(page, 'a[href^="/update/review"]')
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(re.compile(r"/update/review"))
        await tab_to(page, "#sure")
        await page.keyboard.press("Space")
        await tab_to(page, "main form button")
        await page.keyboard.press("Enter")

        await expect(page.get_by_role("heading", name="We have received")).to_be_visible()
        code = await code_on(page)
        await page.go_back()
        await expect(page).to_have_url(re.compile(rf"/requests/{code}"))
