"""The renewal before people: on a telephone in Arabic without scripts, on a desk in English."""

import os
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from fastapi import FastAPI
from playwright.async_api import Page, expect

from desk.documents.adding import add
from desk.requests.submission import accept
from desk.requests.waiting import load_request
from rules.requests.statuses import Kind, Status
from rules.values.dates import riyadh_day
from rules.values.document_kind import DocumentKind
from support.accounts import Member, with_password
from support.browsing import served
from support.cards import give_card, renewal
from support.document_files import EXAMPLES, REFUSED
from support.renewing import give_back
from support.requests import NOW
from support.screens import DESK, PHONE, code_on, is_as_wide_as_its_screen, screen, sign_in, tab_to
from support.uploads import name_a_shelf

PDF = EXAMPLES / "employer-letter.pdf"
DAY = {"issued_on-day": "1", "issued_on-month": "November", "issued_on-year": "2026"}


@pytest.fixture
async def site(
    portal: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """Where the portal is."""
    name_a_shelf(tmp_path, monkeypatch)
    async with served(portal) as address:
        yield address


async def holder(**facts: object) -> Member:
    """A resident nurse whose card can be renewed: a letter and a residence card are asked for."""
    member = await with_password(nationality="IN", identity_kind="iqama", **facts)
    day = riyadh_day(NOW) + timedelta(days=30)
    await give_card(member.registration_number, expires_on=day, hours=18)
    return member


async def sent_file(member: Member) -> str:
    """A letter that they have sent, and no request names: its upload."""
    letter = DocumentKind.EMPLOYER_LETTER
    upload = await add(PDF, kind=letter, owner=member.registration_number, now=NOW)
    return upload.id


async def given_back(member: Member) -> str:
    """A renewal of theirs with its documents, that an officer returned: its code."""
    day = riyadh_day(NOW).isoformat()
    letter = {"kind": "employer_letter", "issuer": "King Salman Hospital", "issued_on": day}
    card = {"kind": "residence_card", "issuer": "Passports", "issued_on": "2026-01-01"}
    submission = renewal(
        riyadh_day(NOW),
        registration_number=member.registration_number,
        idempotency_key=member.registration_number,
        documents=[letter | {"id": await sent_file(member)}, card | {"expires_on": "2028-01-01"}],
    )
    code = (await accept(Kind.CARD_RENEWAL, submission, now=NOW)).tracking_code
    await give_back(code)
    return code


async def shown_pictures(page: Page) -> None:
    """Wait until the first picture of a document is drawn."""
    picture = page.locator(".picture img").first
    await picture.scroll_into_view_if_needed()
    await picture.evaluate("image => image.decode()")


async def press_with_keys(page: Page, selector: str, leads_to: str) -> None:
    """Tab there and press Enter."""
    await tab_to(page, selector)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(leads_to))


async def type_with_keys(page: Page, typed: dict[str, str]) -> None:
    """Tab to each box and type."""
    for box, text in typed.items():
        await tab_to(page, f"#{box}")
        await page.keyboard.type(text)


async def look_at(page: Page, name: str) -> None:
    """Whether the page fits; kept as a picture where ``MUMARIS_TEST_PICTURES`` names a folder."""
    assert await is_as_wide_as_its_screen(page), name
    if folder := os.environ.get("MUMARIS_TEST_PICTURES"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def test_on_a_small_telephone_in_arabic_without_scripts(site: str) -> None:
    """From the home page to My requests, with Arabic digits and the Hijri calendar."""
    member = await holder(preferred_language="ar")
    async with screen(viewport=PHONE, locale="ar-SA", java_script_enabled=False) as page:
        await sign_in(page, site, member, "ar")
        await page.get_by_role("link", name="بدء إعادة التسجيل المهني").click()
        await page.get_by_role("link", name="التقديم الآن").click()
        await page.get_by_role("button", name="بدء الطلب").click()
        await page.get_by_role("link", name="بيانات المستند").first.click()
        await page.get_by_label("جهة الإصدار").fill("مستشفى الملك سلمان")
        await page.locator("#issued_on-day").fill("١٠")
        await page.locator("#issued_on-month").fill("جمادى الأولى")
        await page.locator("#issued_on-year").fill("١٤٤٨")
        await page.locator("#issued_on-calendar").select_option("hijri")
        await page.get_by_role("button", name="متابعة").click()
        await page.locator("#document").set_input_files(PDF)
        await page.get_by_role("button", name="رفع الملف").click()
        await page.get_by_role("link", name="بيانات المستند").last.click()
        await page.get_by_label("جهة الإصدار").fill("الجوازات")
        for name, text in (("issued_on", "2026"), ("expires_on", "2028")):
            for box, typed in (("day", "1"), ("month", "1"), ("year", text)):
                await page.locator(f"#{name}-{box}").fill(typed)
        await page.get_by_role("button", name="متابعة").click()
        await page.get_by_role("link", name="مراجعة الطلب وإرساله").click()
        await page.get_by_role("checkbox").check()
        await page.get_by_role("button", name="التالي").click()
        await expect(page.get_by_role("heading", name="تم استلام طلبك")).to_be_visible()
        code = await code_on(page)
        await page.reload()
        assert await code_on(page) == code
        await page.get_by_role("link", name="إنهاء").click()
        await expect(page.get_by_text(code)).to_be_visible()

    row = await load_request(code)
    assert (row.kind, row.status) == ("card_renewal", Status.SUBMITTED)


@pytest.mark.parametrize(
    ("language", "size"), [("ar", PHONE), ("en", DESK)], ids=["telephone", "desk"]
)
async def test_every_page_fits_and_leads_to_its_mistakes(
    site: str, language: str, size: dict[str, int]
) -> None:
    """Mistakes are led to and kept; the other language keeps what was typed; Next twice is once."""
    member = await holder(preferred_language=language)
    async with screen(viewport=size, locale=language) as page:
        await sign_in(page, site, member, language)
        for name in ("home", "card", "renewal", "renewal/needs"):
            await page.goto(f"{site}/{name}")
            await look_at(page, f"{language}-{name.replace('/', '-')}")
        await page.locator("main form button").click()
        await look_at(page, f"{language}-tasks")
        await page.goto(f"{site}/renewal/document/employer_letter")
        await page.locator("#issuer").fill("W" * 290)
        await page.locator("#issued_on-day").fill("32")
        await page.locator("main form button").click()
        await expect(page.get_by_role("alert")).to_be_focused()
        await page.get_by_role("alert").get_by_role("link").click()
        await expect(page.locator("#issued_on-day")).to_be_focused()
        await look_at(page, f"{language}-document-wrong")
        await page.locator("button.switch").click()
        await expect(page.locator("#issued_on-day")).to_have_value("32")
        await page.locator("button.switch").click()
        for box, typed in (("day", "1"), ("month", "11"), ("year", "2026")):
            await page.locator(f"#issued_on-{box}").fill(typed)
        await page.locator("#issuer").press("Enter")
        await expect(page).to_have_url(re.compile(r"/renewal/file/"))
        await page.locator("#document").set_input_files(REFUSED / "password.pdf")
        await page.locator("main form button").click()
        await expect(page.get_by_role("alert")).to_be_focused()
        await look_at(page, f"{language}-file-wrong")
        await page.locator("#document").set_input_files(PDF)
        await page.locator("main form button").click()
        await expect(page).to_have_url(re.compile(r"/renewal/tasks"))
        await look_at(page, f"{language}-tasks-half")
        await page.goto(f"{site}/renewal/review")
        await look_at(page, f"{language}-review-wrong")
        await page.goto(f"{site}/renewal/document/residence_card")
        await page.locator("#issuer").fill("Passports")
        for name, text in (("issued_on", "2026"), ("expires_on", "2028")):
            for box, typed in (("day", "1"), ("month", "1"), ("year", text)):
                await page.locator(f"#{name}-{box}").fill(typed)
        await page.locator("main form button").click()
        await page.goto(f"{site}/renewal/review")
        await look_at(page, f"{language}-review")
        await page.get_by_role("checkbox").check()
        await page.locator("main form button").dblclick()
        await expect(page).to_have_url(re.compile(r"/sent"))
        code = await code_on(page)
        await look_at(page, f"{language}-sent")
        await page.goto(f"{site}/renewal/review")

        await expect(page).to_have_url(re.compile(rf"/requests/{code}"))


@pytest.mark.parametrize(
    ("language", "size", "scheme"),
    [("ar", PHONE, "light"), ("en", DESK, "light"), ("ar", DESK, "dark"), ("en", PHONE, "dark")],
    ids=["telephone", "desk", "dark desk", "dark telephone"],
)
async def test_a_returned_renewal_is_corrected_with_what_we_hold(
    site: str, language: str, size: dict[str, int], scheme: Literal["light", "dark"]
) -> None:
    """The officer's words and the old document beside the new one; every page fits."""
    member = await holder(preferred_language=language)
    held = await sent_file(member)
    code = await given_back(member)
    kind = f"{language}-{scheme}-{size['width']}"
    async with screen(viewport=size, locale=language, color_scheme=scheme) as page:
        await sign_in(page, site, member, language)
        await page.goto(f"{site}/requests/{code}")
        await look_at(page, f"{kind}-returned")
        await page.locator("a.button").click()
        await look_at(page, f"{kind}-correct")
        await page.locator("main form button").click()
        await look_at(page, f"{kind}-correct-tasks")
        await page.locator('a[href^="/renewal/document/employer_letter"]').click()
        await shown_pictures(page)
        await look_at(page, f"{kind}-correct-document")
        await page.goto(f"{site}/renewal/file/employer_letter")
        await look_at(page, f"{kind}-correct-file")
        await page.locator('a[href^="/renewal/held/employer_letter"]').click()
        await shown_pictures(page)
        await look_at(page, f"{kind}-held")
        await page.locator("figcaption a").click()
        await shown_pictures(page)
        await look_at(page, f"{kind}-pages")
        await page.go_back()
        await page.locator("main form button").click()
        await expect(page).to_have_url(re.compile(r"/renewal/document/employer_letter"))
        await page.locator("#issuer").fill("King Fahad Hospital")
        for box, typed in (("day", "2"), ("month", "11"), ("year", "2026")):
            await page.locator(f"#issued_on-{box}").fill(typed)
        await page.locator("main form button").click()
        await expect(page).to_have_url(re.compile(r"/renewal/tasks"))
        await page.goto(f"{site}/renewal/discard")
        await look_at(page, f"{kind}-discard")
        await page.goto(f"{site}/renewal/review")
        await look_at(page, f"{kind}-correct-review")
        await page.get_by_role("checkbox").check()
        await page.locator("main form button").click()
        await expect(page).to_have_url(re.compile(rf"/requests/{code}/sent"))

    row = await load_request(code)
    assert (row.status, row.round) == (Status.SUBMITTED, 2)
    assert row.submission["documents"][0]["id"] == held


async def test_by_keyboard_alone(site: str) -> None:
    """From Apply now to the code: Tab, Enter, Space, and what is typed; only the file is chosen."""
    member = await holder(preferred_language="en")
    async with screen(viewport=DESK, locale="en-GB") as page:
        await sign_in(page, site, member, "en")
        await press_with_keys(page, 'a[href^="/renewal?"]', r"/renewal\?")
        await press_with_keys(page, 'a[href^="/renewal/needs"]', r"/renewal/needs")
        await press_with_keys(page, "main form button", r"/renewal/tasks")
        await press_with_keys(
            page, 'a[href^="/renewal/document/employer_letter"]', r"/document/employer_letter"
        )
        await type_with_keys(page, {"issuer": "King Salman Hospital", **DAY})
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(re.compile(r"/renewal/file/employer_letter"))
        await tab_to(page, "#document")
        await page.locator("#document").set_input_files(PDF)
        await press_with_keys(page, "main form button", r"/renewal/tasks")
        await press_with_keys(
            page, 'a[href^="/renewal/document/residence_card"]', r"/document/residence_card"
        )
        ends = {"expires_on-day": "1", "expires_on-month": "1", "expires_on-year": "2028"}
        await type_with_keys(page, {"issuer": "Passports", **DAY, **ends})
        await press_with_keys(page, "main form button.wide", r"/renewal/tasks")
        await press_with_keys(page, 'a[href^="/renewal/review"]', r"/renewal/review")
        await tab_to(page, "#sure")
        await page.keyboard.press("Space")
        await press_with_keys(page, "main form button", r"/sent")

        code = await code_on(page)
    row = await load_request(code)
    assert (row.kind, row.status) == ("card_renewal", Status.SUBMITTED)
