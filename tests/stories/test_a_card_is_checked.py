"""A practitioner prints the card, an employer scans it, and an officer replaces it."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from playwright.async_api import expect

from desk.register.card_codes import reissue_code
from documents.keys import new_master_key
from mail.wording.dates import gregorian_day, hijri_day
from mail.wording.languages import Language
from models.access_log import Looked
from portal.app import build_app
from portal.web.clock import present
from support.accounts import sign_in_as, with_password
from support.at_the_desk import looks
from support.browsing import served
from support.card_codes import TODAY, YEAR
from support.cards import give_card
from support.people import NOURA, register_people
from support.portal import Clock
from support.requests import NOW
from support.screens import screen
from support.sheets import code_on, lines_of, words_of

VALID = {Language.AR: "البطاقة سارية", Language.EN: "This card is valid"}
REPLACED = {Language.AR: "صدر رمز جديد لهذه البطاقة", Language.EN: "This card has been replaced"}


@pytest.fixture
def portal(database: str, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The portal, with a master key, on the day on which the card is given."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    app, clock = build_app(), Clock()
    clock.now = NOW
    app.dependency_overrides[present] = clock.read
    return app


@pytest.fixture
async def browser(portal: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The practitioner's."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(portal), base_url="http://portal.test"
    ) as client:
        yield client


@pytest.mark.parametrize("language", Language)
async def test_a_printed_card_is_scanned_and_says_whether_it_holds(
    portal: FastAPI, browser: httpx.AsyncClient, language: Language
) -> None:
    """What the sheet says and its picture come back; the picture's address opens in Chromium."""
    await register_people()
    holder = await with_password()
    number = holder.registration_number
    await give_card(number, expires_on=TODAY + YEAR)
    await sign_in_as(browser, holder)

    sheet = (await browser.get(f"/card/file?lang={language}")).content

    said = lines_of(sheet)
    for name in ("ar", "en"):
        parts = [NOURA[f"{part}_name_{name}"] for part in ("first", "father", "family")]
        assert any(set(" ".join(parts).split()) <= line for line in said)
    days = (hijri_day(TODAY + YEAR, language), gregorian_day(TODAY + YEAR, language))
    for fact in (f"{number[:2]}-{number[2:]}", NOURA["specialty"], NOURA["rank"], *days):
        assert frozenset(fact.split()) in said
    assert NOURA["identity_number"] not in words_of(sheet)

    path = urlsplit(code_on(sheet)).path
    async with served(portal) as site, screen() as page:
        await page.goto(f"{site}{path}?lang={language}")
        await expect(page.get_by_role("heading", level=1)).to_have_text(VALID[language])
        await expect(page.locator("main")).to_contain_text(NOURA["family_name_ar"])
        await expect(page.locator("main")).not_to_contain_text(number[2:])

        await reissue_code(number, officer="amal", now=NOW)
        await page.reload()
        await expect(page.get_by_role("heading", level=1)).to_have_text(REPLACED[language])
        await expect(page.locator("main")).not_to_contain_text(NOURA["family_name_ar"])

        again = (await browser.get(f"/card/file?lang={language}")).content
        await page.goto(f"{site}{urlsplit(code_on(again)).path}?lang={language}")
        await expect(page.get_by_role("heading", level=1)).to_have_text(VALID[language])

    assert len(await looks(Looked.CARD_PRINT)) == 2
    # The clock stands: the look before it was replaced and the one after share a line.
    assert len(await looks(Looked.CARD_CHECK)) == 2
