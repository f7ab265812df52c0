"""How somebody without an account registers, with nothing but a browser: nothing is faked.

On the whole stack, with the real clock: from the portal's front page to the first sign-in.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect
from sqlmodel import col, select

from flows.registration import RequestHandle
from models.database import transaction
from models.practitioners import Practitioner
from rules.requests.statuses import Status
from rules.values.dates import riyadh_day
from stack.running import RunningStack
from support.accounts import PASSWORD
from support.document_files import EXAMPLES
from support.mailbox import Mailbox
from support.people import register_applicant
from support.registering import known_officially, typed_by
from support.screens import DESK, PHONE, code_on, screen

TODAY = riyadh_day(datetime.now(UTC))
NOTE = "The letter does not name your employer."
WORDS = {
    "ar": {
        "register": "التسجيل لأول مرة",
        "send_code": "إرسال الرمز",
        "continue": "متابعة",
        "upload": "رفع الملف",
        "review": "مراجعة الطلب وإرساله",
        "next": "التالي",
        "correct": "تصحيح الطلب",
        "first": "الدخول الأول",
    },
    "en": {
        "register": "Register for the first time",
        "send_code": "Send the code",
        "continue": "Continue",
        "upload": "Upload",
        "review": "Check and send",
        "next": "Next",
        "correct": "Correct the request",
        "first": "First sign-in",
    },
}


async def newest_code(mailbox: Mailbox, address: str, *, earlier: int = 0) -> str:
    """The code in the newest e-mail to this address, once it has arrived."""
    letters = await mailbox.count(earlier + 1, to=address, about="")
    with_code = [found for one in letters if (found := re.findall(r"\b[0-9]{6}\b", one.text))]
    return str(with_code[-1][0])


async def come_in(page: Page, portal: str, words: Mapping[str, str], address: str) -> None:
    """From the front page to the box for the code."""
    await page.goto(portal)
    await page.get_by_role("link", name=words["register"]).click()
    await page.locator("#email").fill(address)
    await page.get_by_role("button", name=words["send_code"]).click()
    await expect(page.locator("#code")).to_be_visible()


async def write(page: Page, words: Mapping[str, str], part: str, typed: Mapping[str, str]) -> None:
    """One page of the registration, from the list of steps and back."""
    for summary in await page.locator("main details:not([open]) summary").all():
        await summary.click()
    await page.locator(f'main a[href*="/register/edit/{part}?"], a[href$="/edit/{part}"]').click()
    for box, text in typed.items():
        at = page.locator(f"#{box}")
        if await at.evaluate("box => box.tagName") == "SELECT":
            await at.select_option(text)
        else:
            await at.fill(text)
    await page.get_by_role("button", name=words["continue"]).click()


async def send(page: Page, words: Mapping[str, str]) -> str:
    """Review, declaration, Next: the tracking code."""
    await page.get_by_role("link", name=words["review"]).click()
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name=words["next"]).click()
    return await code_on(page)


async def activate(page: Page, link: str) -> None:
    """Tick the box, and press."""
    await page.goto(link)
    await page.get_by_role("checkbox").check()
    await page.locator("main form button[type=submit]").first.click()


@pytest.mark.parametrize(
    ("language", "context"),
    [
        ("ar", {"viewport": PHONE, "java_script_enabled": False}),
        ("en", {"viewport": DESK}),
    ],
    ids=["in Arabic on a telephone, scripts off", "in English on a desk"],
)
async def test_somebody_registers_from_the_front_page_to_the_first_sign_in(
    running: RunningStack, mailbox: Mailbox, language: str, context: dict[str, Any]
) -> None:
    """Written over two visits, returned once, approved, activated; then there is an account."""
    words, portal = WORDS[language], running.portal_url
    address = f"layla.{uuid4().hex[:12]}@example.org"
    identity = {"ar": "1082334457", "en": "1093445565"}[language]
    parts = typed_by(TODAY, identity=identity)
    await register_applicant()  # and the officers
    await known_officially(identity)
    async with screen(locale=language, **context) as page:
        await come_in(page, portal, words, address)
        await page.locator("#code").fill("000000")
        await page.get_by_role("button", name=words["continue"]).click()
        await expect(page.locator("#code-error")).to_be_visible()
        await page.locator("#code").fill(await newest_code(mailbox, address))
        await page.get_by_role("button", name=words["continue"]).click()
        await write(page, words, "person", parts["person"])
        await page.context.clear_cookies()

        # Another day, perhaps another browser: the same mailbox finds what was written.
        await come_in(page, portal, words, address)
        await page.locator("#code").fill(await newest_code(mailbox, address, earlier=1))
        await page.get_by_role("button", name=words["continue"]).click()
        for part in ("identity_details", "contact", "degree", "professional", "employer"):
            await write(page, words, part, parts[part])
        await write(page, words, "employer_letter", parts["employer_letter"])
        await page.locator("#document").set_input_files(EXAMPLES / "employer-letter.pdf")
        await page.get_by_role("button", name=words["upload"]).click()
        await write(page, words, "qualification", parts["qualification"])
        await page.locator("#document").set_input_files(EXAMPLES / "employer-letter.pdf")
        await page.get_by_role("button", name=words["upload"]).click()
        code = await send(page, words)

        request = RequestHandle(code)
        assert await request.wait_until_gate() is Status.UNDER_REVIEW
        await request.decide(
            "return",
            officer="amal",
            reason_code="document_not_accepted",
            note=NOTE,
            fields=["documents"],
        )
        returned = await mailbox.letter("register/requests", to=address, about=NOTE)
        await page.goto(returned.link(f"register/requests/{code}"))
        await expect(page.get_by_text(NOTE)).to_be_visible()
        await page.get_by_role("button", name=words["correct"]).click()
        await write(page, words, "employer_letter", {"issuer": "King Salman Hospital, HR"})
        await page.locator('a[href^="/register/file/employer_letter"]').click()
        await page.locator("#document").set_input_files(EXAMPLES / "employer-letter.pdf")
        await page.get_by_role("button", name=words["upload"]).click()
        assert await send(page, words) == code

        await request.wait_for(Status.UNDER_REVIEW)
        await request.decide("approve", officer="amal")
        await request.wait_for(Status.AWAITING_ACTIVATION)
        activation = await mailbox.letter("activate", to=address, about=code)
        await activate(page, activation.link("activate"))
        assert await request.wait_until_done() is Status.ACTIVATED

        await page.goto(f"{portal}/register/requests/{code}?lang={language}")
        await page.get_by_role("link", name=words["first"]).click()
        await sign_in_first(page, mailbox, address, identity, await number_of(identity))
        await expect(page.get_by_text(code)).to_be_visible()


async def number_of(identity: str) -> str:
    """The registration number that whoever has this identity number was given."""
    async with transaction() as session:
        query = select(Practitioner).where(col(Practitioner.identity_number) == identity)
        return (await session.exec(query)).one().registration_number


async def sign_in_first(
    page: Page, mailbox: Mailbox, address: str, identity: str, number: str
) -> None:
    """With both numbers, by the link that comes by e-mail."""
    await page.locator("#registration_number").fill(number)
    await page.locator("#identity_number").fill(identity)
    await page.locator("main form button").click()
    letter = await mailbox.letter("first-sign-in", to=address, about="")
    await page.goto(letter.link("first-sign-in"))
    if await page.locator("#identity_number").count():
        await page.locator("#identity_number").fill(identity)
    await page.locator("#password").fill(PASSWORD)
    await page.locator("#repeated").fill(PASSWORD)
    await page.locator("main form button").click()
    await expect(page).to_have_url(re.compile(r"/home"))
