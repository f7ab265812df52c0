"""The code of a new e-mail address before people: a telephone in Arabic, a desk in English."""

import os
import re
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from playwright.async_api import Page, expect

from desk.requests.waiting import load_request
from rules.requests.statuses import Status
from support.accounts import with_password
from support.browsing import served
from support.codes import another_code, mailed_code
from support.people import contact_change
from support.requests import request_awaiting_activation
from support.screens import DESK, PHONE, code_on, is_as_wide_as_its_screen, screen, sign_in


@pytest.fixture
async def site(portal: FastAPI) -> AsyncIterator[str]:
    """Where the portal is."""
    async with served(portal) as address:
        yield address


async def look_at(page: Page, name: str) -> None:
    """Whether the page fits; kept as a picture where ``MUMARIS_TEST_PICTURES`` names a folder."""
    assert await is_as_wide_as_its_screen(page), name
    if folder := os.environ.get("MUMARIS_TEST_PICTURES"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def test_on_a_small_telephone_in_arabic_without_scripts(site: str) -> None:
    """A long address, a wrong code, the right one in Arabic digits; no page is too wide."""
    member = await with_password()
    new = f"{'a-very-long-name' * 3}@{'a-very-long-domain' * 3}.example"
    async with screen(viewport=PHONE, locale="ar-SA", java_script_enabled=False) as page:
        await sign_in(page, site, member, "ar")
        await page.goto(f"{site}/update/edit/contact")
        await page.get_by_label("البريد الإلكتروني").fill(new)
        await page.get_by_role("button", name="متابعة").click()
        await expect(page.get_by_role("heading", name="تأكيد البريد الإلكتروني")).to_be_visible()
        await look_at(page, "address-code-ar")
        code = await mailed_code(member.registration_number)
        await page.get_by_label("الرمز").fill(another_code(code))
        await page.get_by_role("button", name="تأكيد العنوان").click()
        await expect(page.get_by_role("alert")).to_contain_text("الرمز غير صحيح")
        await expect(page.get_by_label("الرمز")).to_have_value(another_code(code))
        await look_at(page, "address-code-wrong-ar")
        await page.goto(f"{site}/update/review")
        await expect(page.get_by_role("alert")).to_contain_text("لم يُؤكَّد")
        await look_at(page, "address-review-ar")
        await page.get_by_role("link", name="تأكيد العنوان").click()
        arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
        await page.get_by_label("الرمز").fill(f"{arabic[:3]} {arabic[3:]}")
        await page.get_by_role("button", name="تأكيد العنوان").click()
        await expect(page).to_have_url(re.compile(r"/update/details"))
        await expect(page.get_by_text("تم تأكيد العنوان")).to_be_visible()
        await look_at(page, "address-details-ar")


async def test_on_a_desk_in_english_in_the_dark(site: str) -> None:
    """Carry on without the code, be led back to it by the review, send another, and go on."""
    member = await with_password(preferred_language="en")
    new = f"new.{member.email}"
    async with screen(viewport=DESK, locale="en-GB", color_scheme="dark") as page:
        await sign_in(page, site, member, "en")
        await page.goto(f"{site}/update/edit/contact")
        await page.get_by_label("E-mail address").fill(new)
        await page.get_by_role("button", name="Continue").click()
        await page.get_by_role("link", name="Carry on now").click()
        await expect(page.get_by_text("Not confirmed yet")).to_be_visible()
        await look_at(page, "address-details-en-dark")
        await page.get_by_role("link", name="Review your details").click()
        await expect(page.get_by_role("button", name="Next")).to_have_count(0)
        await look_at(page, "address-review-en-dark")
        await page.get_by_role("link", name="Confirm this address").click()
        await page.get_by_role("button", name="Send another code").click()
        await page.get_by_role("button", name="العربية").click()
        await expect(page.locator("html")).to_have_attribute("dir", "rtl")
        await page.get_by_role("button", name="English").click()
        await page.get_by_label("Code").fill("12")
        await page.get_by_label("Code").press("Enter")
        await expect(page.get_by_role("alert")).to_be_focused()
        await look_at(page, "address-code-form-en-dark")
        await page.get_by_label("Code").fill(await mailed_code(member.registration_number))
        await page.get_by_label("Code").press("Enter")
        await expect(page).to_have_url(re.compile(r"/update/details"))
        await page.get_by_role("link", name="Review your details").click()
        await expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()
        await look_at(page, "address-confirmed-en-dark")
        await page.get_by_role("checkbox").check()
        await page.get_by_role("button", name="Next").click()
        await expect(page.get_by_role("heading", name="We have received")).to_be_visible()
        code = await code_on(page)

    assert (await load_request(code)).submission["changes"]["email"] == new


async def test_a_mistyped_address_is_corrected_on_a_telephone(site: str) -> None:
    """From the request's page: it asks once, then the contact page with all that was sent."""
    member = await with_password()
    submission = contact_change(
        registration_number=member.registration_number,
        idempotency_key=member.registration_number,
        changes={"mobile": "0551112233", "email": f"wrong.{member.email}"},
    )
    code = (await request_awaiting_activation(submission))[0]
    async with screen(viewport=PHONE, locale="ar-SA", java_script_enabled=False) as page:
        await sign_in(page, site, member, "ar")
        await page.goto(f"{site}/requests/{code}")
        await look_at(page, "address-request-ar")
        await page.get_by_role("link", name="تصحيح البريد الإلكتروني").click()
        await expect(page.get_by_text("لا يمكن تغيير طلب بعد إرساله")).to_be_visible()
        await look_at(page, "address-readdress-ar")
        await page.get_by_role("button", name="إلغاء الطلب وتصحيح العنوان").click()
        await expect(page.locator("#mobile")).to_have_value("0551112233")
        await expect(page.locator("#email")).to_have_value(f"wrong.{member.email}")
        await look_at(page, "address-contact-ar")

    assert (await load_request(code)).status == Status.WITHDRAWN
