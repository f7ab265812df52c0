"""Who looked, and what is held, in Chromium: a telephone in Arabic and a desk in English."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.async_api import expect

from desk.cases.case import read_case
from desk.cases.uploads import list_uploads
from desk.looks import Looker
from rules.values.dates import riyadh_day
from support.accounts import with_password
from support.browsing import served
from support.cards import give_card
from support.looking import OPERATIONS
from support.people import specialty_change
from support.requests import NOW, request_at_gate
from support.screens import DESK, PHONE, is_as_wide_as_its_screen, screen, sign_in


@pytest.fixture
async def site(portal: FastAPI) -> AsyncIterator[str]:
    """Where the portal is."""
    async with served(portal) as address:
        yield address


@pytest.mark.parametrize(
    ("language", "context"),
    [
        ("ar", {"viewport": PHONE, "java_script_enabled": False}),
        ("ar", {"viewport": PHONE, "color_scheme": "dark"}),
        ("en", {"viewport": DESK}),
    ],
    ids=["telephone", "dark", "desk"],
)
async def test_own_details_are_read_and_saved(
    site: str, language: str, context: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    """From the home page to who looked, to the page of everything, and to the file."""
    member = await with_password(preferred_language=language)
    await give_card(member.registration_number, expires_on=riyadh_day(NOW))
    code = await request_at_gate(
        specialty_change(
            riyadh_day(NOW),
            registration_number=member.registration_number,
            idempotency_key=f"held-{member.registration_number}",
        )
    )
    await read_case(code, by=Looker.officer("amal"), now=NOW)
    await list_uploads(member.registration_number, by=OPERATIONS, now=NOW, limit=9)
    name = request.node.callspec.id

    async with screen(**context) as page:
        await sign_in(page, site, member, language)
        await page.locator('main a[href^="/account/looks"]').click()
        await expect(page.locator("main li")).to_have_count(2)
        assert await is_as_wide_as_its_screen(page)
        await pictured(page, f"{name}-looks")
        await page.locator('main a[href^="/account/copy"]').click()
        assert await is_as_wide_as_its_screen(page)
        await pictured(page, f"{name}-copy")
        async with page.expect_download() as saving:
            await page.locator('main a[href^="/account/copy/file"]').click()
        saved = await asyncio.to_thread((await (await saving.value).path()).read_text, "utf-8")
        await page.locator('main a[href^="/account/copy/page"]').click()
        await expect(page.locator("main")).to_contain_text(code)
        assert await is_as_wide_as_its_screen(page)
        await pictured(page, f"{name}-page")

    assert member.email in saved


async def pictured(page: Any, name: str) -> None:
    """Kept as a picture where ``MUMARIS_TEST_PICTURES`` names a folder."""
    if folder := os.environ.get("MUMARIS_TEST_PICTURES"):
        await page.screenshot(path=Path(folder) / f"own-{name}.png", full_page=True)
