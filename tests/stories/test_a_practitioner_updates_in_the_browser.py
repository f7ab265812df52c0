"""How a practitioner updates their data in a browser: the article's steps, with nothing faked.

PostgreSQL, Prefect and our worker, the portal, a mail server and Chromium; Arabic on a telephone.
"""

import re

from playwright.async_api import Page, expect

from desk.requests.waiting import load_request
from rules.requests.statuses import Status
from stack.running import RunningStack
from support.accounts import PASSWORD
from support.mailbox import Mailbox
from support.people import Applicant, register_applicant
from support.screens import PHONE, screen


async def set_a_password(
    page: Page, running: RunningStack, mailbox: Mailbox, applicant: Applicant
) -> None:
    """The first sign-in: two numbers, an e-mail, a password."""
    row = await applicant.on_file()
    await page.goto(f"{running.portal_url}/first-sign-in?lang=ar")
    await page.locator("[name=registration_number]").fill(applicant.registration_number)
    await page.locator("[name=identity_number]").fill(row.identity_number)
    await page.locator("main form button").click()
    letter = await mailbox.letter("first-sign-in", to=applicant.email, about="")
    await page.goto(letter.link("first-sign-in"))
    await page.locator("[name=password]").fill(PASSWORD)
    await page.locator("[name=repeated]").fill(PASSWORD)
    await page.locator("main form button").click()
    await expect(page).to_have_url(re.compile(r"/home"))


async def code_from(mailbox: Mailbox, address: str) -> str:
    """The code in the e-mail that came to this address."""
    (letter,) = await mailbox.count(1, to=address, about="")
    (code,) = set(re.findall(r"\b[0-9]{6}\b", letter.text))
    assert code not in letter.subject
    return code


async def test_new_contact_details_from_the_sign_in_to_the_activation(
    running: RunningStack, mailbox: Mailbox
) -> None:
    """Sign in, Search, change, the code, Review, Next, the number and status, Finish, the link."""
    applicant = await register_applicant()
    new = f"new.{applicant.email}"
    async with screen(viewport=PHONE, locale="ar-SA") as page:
        await set_a_password(page, running, mailbox, applicant)
        await page.get_by_role("link", name="تحديث بيانات العضو").click()
        number = applicant.registration_number
        await page.get_by_label("رقم التسجيل المهني").fill(f"{number[:2]}-{number[2:]}")
        await page.get_by_role("button", name="بحث").click()
        await page.get_by_role("link", name="تغيير بيانات التواصل").click()
        await page.get_by_label("رقم الجوال").fill("٠٥٥ ١١١ ٢٢٣٣")
        await page.get_by_label("البريد الإلكتروني").fill(new)
        await page.get_by_role("button", name="متابعة").click()
        await page.get_by_label("الرمز").fill(await code_from(mailbox, new))
        await page.get_by_role("button", name="تأكيد العنوان").click()
        await expect(page.get_by_text("تم تأكيد العنوان")).to_be_visible()
        await page.get_by_role("link", name="مراجعة البيانات").click()
        await page.get_by_role("checkbox").check()
        await page.get_by_role("button", name="التالي").click()
        await expect(page.get_by_role("heading", name="تم استلام طلبك")).to_be_visible()
        found = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", await page.locator(".number").inner_text())
        assert found
        code = found[0]
        await page.get_by_role("link", name="إنهاء").click()
        await expect(page.get_by_text(code)).to_be_visible()
        letter = await mailbox.letter("activate", to=new, about=code)
        await mailbox.letter("stop", to=applicant.email, about=code)
        await page.goto(letter.link("activate"))
        await page.get_by_role("checkbox").check()
        await page.locator("main form button").click()
        await expect(page.get_by_role("heading")).to_contain_text("اكتمل")

    on_file = await applicant.on_file()
    assert (on_file.mobile, on_file.email) == ("+966551112233", new)
    assert (await load_request(code)).status == Status.ACTIVATED
