"""How a practitioner renews a card with nothing but a browser: the article's steps, nothing faked.

On the whole stack, with the real clock: from the first sign-in's e-mail to the new card.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from flows.card_renewal import RequestHandle
from rules.requests.statuses import Status
from rules.values.calendar_years import years_after
from rules.values.dates import riyadh_day
from stack.running import RunningStack
from support.accounts import PASSWORD
from support.cards import card_of, register_holder
from support.document_files import EXAMPLES
from support.mailbox import Mailbox
from support.people import Applicant
from support.screens import DESK, PHONE, screen

TODAY = riyadh_day(datetime.now(UTC))
ISSUED = TODAY - timedelta(days=20)
EXPIRY = TODAY + timedelta(days=30)
NOTE = "The stamp cannot be read."
_CODE = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}")
WORDS = {
    "ar": {
        "start": "بدء إعادة التسجيل المهني",
        "apply": "التقديم الآن",
        "begin": "بدء الطلب",
        "particulars": "بيانات المستند",
        "continue": "متابعة",
        "upload": "رفع الملف",
        "review": "مراجعة الطلب وإرساله",
        "next": "التالي",
        "finish": "إنهاء",
        "correct": "تصحيح الطلب",
        "before": "ما أرسلته سابقًا",
    },
    "en": {
        "start": "Start professional re-registration",
        "apply": "Apply now",
        "begin": "Start the request",
        "particulars": "Details of the document",
        "continue": "Continue",
        "upload": "Upload",
        "review": "Check and send",
        "next": "Next",
        "finish": "Finish",
        "correct": "Correct the request",
        "before": "What you sent before",
    },
}


async def sign_in_first(page: Page, portal: str, holder: Applicant, mailbox: Mailbox) -> None:
    """Ask for the link, open it from the e-mail, choose a password: signed in."""
    row = await holder.on_file()
    await page.goto(f"{portal}/first-sign-in")
    await page.locator("#registration_number").fill(row.registration_number)
    await page.locator("#identity_number").fill(row.identity_number)
    await page.locator("main form button").click()
    letter = await mailbox.letter("first-sign-in", to=holder.email, about="")
    await page.goto(letter.link("first-sign-in"))
    if await page.locator("#identity_number").count():
        await page.locator("#identity_number").fill(row.identity_number)
    await page.locator("#password").fill(PASSWORD)
    await page.locator("#repeated").fill(PASSWORD)
    await page.locator("main form button").click()
    await expect(page).to_have_url(re.compile(r"/home"))


async def renew(page: Page, portal: str, words: dict[str, str]) -> str:
    """Start, Apply now, the letter with its file, review, declaration, Next, Finish: the code."""
    await page.get_by_role("link", name=words["start"]).click()
    await page.get_by_role("link", name=words["apply"]).click()
    await page.get_by_role("button", name=words["begin"]).click()
    await page.get_by_role("link", name=words["particulars"]).click()
    await page.locator("#issuer").fill("King Salman Hospital")
    for box, number in (("day", ISSUED.day), ("month", ISSUED.month), ("year", ISSUED.year)):
        await page.locator(f"#issued_on-{box}").fill(str(number))
    await page.get_by_role("button", name=words["continue"]).click()
    await page.locator("#document").set_input_files(EXAMPLES / "employer-letter.pdf")
    await page.get_by_role("button", name=words["upload"]).click()
    await page.get_by_role("link", name=words["review"]).click()
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name=words["next"]).click()
    found = _CODE.search(await page.locator(".number").inner_text())
    assert found
    await page.get_by_role("link", name=words["finish"]).click()
    await expect(page.get_by_text(found[0])).to_be_visible()
    return found[0]


async def correct(page: Page, request: RequestHandle, words: dict[str, str], link: str) -> None:
    """From the e-mail to the letter that was marked: its issuer, another file, Next."""
    await page.goto(link)
    await expect(page.get_by_text(NOTE)).to_be_visible()
    await page.get_by_role("button", name=words["correct"]).click()
    await page.get_by_role("link", name=words["particulars"]).click()
    await expect(page.get_by_role("heading", name=words["before"])).to_be_visible()
    await page.locator("#issuer").fill("King Salman Hospital, Human Resources")
    await page.get_by_role("button", name=words["continue"]).click()
    await page.locator('a[href^="/renewal/file/employer_letter"]').click()
    await page.locator("#document").set_input_files(EXAMPLES / "employer-letter.pdf")
    await page.get_by_role("button", name=words["upload"]).click()
    await page.get_by_role("link", name=words["review"]).click()
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name=words["next"]).click()
    await expect(page.locator(".number")).to_contain_text(request.tracking_code)


@pytest.mark.parametrize(
    ("language", "context"),
    [
        ("ar", {"viewport": PHONE, "java_script_enabled": False}),
        ("en", {"viewport": DESK}),
    ],
    ids=["in Arabic on a telephone, scripts off", "in English on a desk"],
)
async def test_a_card_is_renewed_from_the_first_sign_in_to_the_new_day(
    running: RunningStack, mailbox: Mailbox, language: str, context: dict[str, Any]
) -> None:
    """An officer returns it, then approves; the e-mail's link is pressed; the card has its day."""
    holder = await register_holder(expires_on=EXPIRY, preferred_language=language)
    async with screen(locale=language, **context) as page:
        await sign_in_first(page, running.portal_url, holder, mailbox)
        code = await renew(page, running.portal_url, WORDS[language])
        request = RequestHandle(code)
        assert await request.wait_until_gate() is Status.UNDER_REVIEW
        await request.decide(
            "return",
            officer="amal",
            reason_code="document_not_accepted",
            note=NOTE,
            fields=["documents"],
        )
        returned = await mailbox.letter("requests", to=holder.email, about=NOTE)
        await correct(page, request, WORDS[language], returned.link(f"requests/{code}"))
        await request.wait_for(Status.UNDER_REVIEW)
        await request.decide("approve", officer="amal")
        await request.wait_for(Status.AWAITING_ACTIVATION)
        letter = await mailbox.letter("activate", to=holder.email, about=code)
        await page.goto(letter.link("activate"))
        await page.get_by_role("checkbox").check()
        await page.locator("main form button[type=submit]").first.click()
        assert await request.wait_until_done() is Status.ACTIVATED
        ends = years_after(EXPIRY, 2, "gregorian")
        await page.goto(f"{running.portal_url}/card?lang=en")
        await expect(page.get_by_text(f"{ends:%-d %B %Y}".replace(" ", "\u00a0"))).to_be_visible()

    assert (await card_of(holder.registration_number)).expires_on == ends
