"""How an officer works through a morning's cases: in Arabic, by keyboard alone, nothing faked.

PostgreSQL, Prefect and our worker, the portal, a mail server and Chromium.
"""

import asyncio
from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, expect
from pyotp import TOTP

from desk.requests.waiting import load_request
from flows import profile_update
from flows.profile_update import Document, ProfileChanges, ProfileUpdateSubmission
from rules.accounts.kinds import Role
from rules.requests.statuses import Status
from rules.values.dates import riyadh_day
from stack.running import RunningStack
from support.mailbox import Mailbox
from support.people import Applicant, register_applicant
from support.screens import DESK, screen, tab_to
from support.staff import Staff, ready

CASES = 20
_DIGEST = "ab" * 32
TODAY = riyadh_day(datetime.now(UTC))


async def submitted(applicant: Applicant) -> str:
    """A new specialty, which waits at the gate; its tracking code."""
    letter = Document(
        kind="employer_letter",
        issuer="King Salman Hospital",
        issued_on=str(TODAY),
        sha256="ab" * 32,
    )
    request = await profile_update.submit(
        ProfileUpdateSubmission(
            registration_number=applicant.registration_number,
            changes=ProfileChanges(specialty="critical care nursing"),
            documents=[letter],
            confirmed_by_applicant=True,
            idempotency_key=f"morning-{applicant.registration_number}",
        )
    )
    assert await request.wait_until_gate() is Status.UNDER_REVIEW
    return request.tracking_code


async def sign_in(page: Page, site: str, staff: Staff, app: TOTP) -> None:
    """The password, and the code of the app."""
    await page.goto(f"{site}/sign-in?lang=ar")
    await typed(page, "[name=name]", staff.email)
    await typed(page, "[name=password]", staff.password, "Enter")
    await page.wait_for_url("**/sign-in/second**")
    await typed(page, "[name=code]", app.now(), "Enter")
    await page.wait_for_url("**/desk**")


async def typed(page: Page, box: str, text: str, *keys: str) -> None:
    """Come to the box by Tab, type, and press what follows."""
    await tab_to(page, box)
    await page.keyboard.type(text)
    for key in keys:
        await page.keyboard.press(key)


async def chosen(page: Page, box: str, words: str) -> None:
    """Come to the list by Tab, and go down to these words."""
    await tab_to(page, box)
    number = (await page.locator(f"{box} option").all_inner_texts()).index(words)
    for _ in range(number):
        await page.keyboard.press("ArrowDown")


async def pressed(page: Page, what: str) -> None:
    """Come to it by Tab, and press Enter; its page is there when this returns."""
    await tab_to(page, what)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def next_case(page: Page, ours: Collection[str]) -> str | None:
    """Press Next case; the tracking code of the one that comes, None where nothing waits.

    What other stories have left at the gate is passed on.
    """
    while True:
        await pressed(page, "form[action*='/desk/next'] button")
        if await page.locator("[role=status]").count():
            await expect(page.locator("[role=status]")).to_contain_text("لا يوجد طلب ينتظرك الآن")
            return None
        code = await page.locator("h1").inner_text()
        if code in ours:
            return code
        await pass_on(page)


async def approve(page: Page) -> None:
    """All is ticked, and the e-mail is read before the button under it is pressed."""
    for what in ("specialty", "documents[0]"):
        box = f"#ticks ~ * [value='{what}']"
        await tab_to(page, box)
        if not await page.locator(box).is_checked():
            await page.keyboard.press("Space")
    await pressed(page, "button[value=approve]")
    await expect(page.locator(".letter")).to_contain_text("تفعيل")
    await pressed(page, "button[value=decide]")


async def approve_by_mistake(page: Page) -> None:
    """It is taken back within its seconds, and approved after all."""
    await approve(page)
    await pressed(page, "form[action*='/take-back'] button")
    await approve(page)


async def give_back(page: Page) -> None:
    """A field, a reason, a note; then the e-mail, with the note in it."""
    await pressed(page, "a[href*='/decide/return']")
    await tab_to(page, "#field-specialty")
    await page.keyboard.press("Space")
    await chosen(page, "#reason", "هذا البيان غير واضح أو غير مكتمل.")
    await typed(page, "#note", "أي قسم؟")
    await pressed(page, "button[value=show]")
    await expect(page.locator(".letter")).to_contain_text("أي قسم؟")
    await pressed(page, "button[value=decide]")


async def reject(page: Page) -> None:
    """A reason; then the e-mail."""
    await pressed(page, "a[href*='/decide/reject']")
    await chosen(page, "#reason", "سبق تقديم طلب بالبيانات نفسها.")
    await pressed(page, "button[value=show]")
    await pressed(page, "button[value=decide]")


async def pass_on(page: Page) -> None:
    """A reason for colleagues."""
    await pressed(page, "a[href*='/skip']")
    await typed(page, "#why", "يحتاج إلى صيدلي")
    await pressed(page, "#page button.wide")


async def put_aside(page: Page) -> None:
    """A reason for colleagues, and tomorrow."""
    await pressed(page, "a[href*='/hold']")
    await typed(page, "#why", "بانتظار رد المستشفى")
    await page.locator("#until").fill((TODAY + timedelta(days=1)).isoformat())
    await pressed(page, "#page button.wide")


async def test_twenty_cases_in_a_morning(running: RunningStack, mailbox: Mailbox) -> None:
    """Fifteen approved, one of them twice; two returned, one rejected, passed on, put aside."""
    applicants = [await register_applicant() for _ in range(CASES)]
    waiting = dict(zip(await asyncio.gather(*map(submitted, applicants)), applicants, strict=True))
    staff, app = await ready(Role.OFFICER)
    acts = [approve_by_mistake] + [approve] * 14 + [give_back] * 2 + [reject, pass_on, put_aside]
    done = {}
    async with screen(viewport=DESK, locale="ar-SA") as page:
        await sign_in(page, running.portal_url, staff, app)
        for act in acts:
            code = await next_case(page, waiting)
            assert code is not None
            await act(page)
            done[code] = act
        assert await next_case(page, waiting) is None

    assert done.keys() == waiting.keys()
    for code, act in done.items():
        # That it was received, and what came of it.
        letters = 1 if act in {pass_on, put_aside} else 2
        await mailbox.count(letters, to=waiting[code].email, about=code)
    found = Counter([(await load_request(code)).status for code in done])
    assert found == {
        Status.AWAITING_ACTIVATION: 15,
        Status.RETURNED: 2,
        Status.REJECTED: 1,
        Status.UNDER_REVIEW: 2,
    }
