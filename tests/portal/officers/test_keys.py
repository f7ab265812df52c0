"""Keys of the review desk, in Chromium: by their place, silent while one types, and off at will."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from playwright.async_api import CDPSession, Page, expect

from portal.web.cookies import Cookie, cookie_name
from rules.accounts.kinds import Role
from support.accounts import OURS, hidden_fields
from support.browsing import served
from support.people import register_people
from support.requests import request_at_gate
from support.screens import screen
from support.staff import Staff, ready
from support.uploads import name_a_shelf

from .test_in_a_browser import sign_in

#: What the places of A, N, R and T say on an Arabic keyboard.
ARABIC = {"KeyA": "ش", "KeyN": "ى", "KeyR": "ق", "KeyT": "ف"}


@pytest.fixture
async def desk(
    portal: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Page]:
    """An officer's desk in Arabic, with one case that waits."""
    name_a_shelf(tmp_path, monkeypatch)
    await register_people()
    await request_at_gate()
    staff, app = await ready(Role.OFFICER)
    async with served(portal) as site, screen(locale="ar-SA") as page:
        await sign_in(page, site, staff, app)
        await page.goto(f"{site}/desk?lang=ar")
        yield page


async def struck(page: Page, code: str, text: str, *, modifiers: int = 0) -> None:
    """A key of an Arabic keyboard goes down and up: its place and its letter are two things."""
    keyboard: CDPSession = await page.context.new_cdp_session(page)
    for kind in ("keyDown", "keyUp"):
        await keyboard.send(
            "Input.dispatchKeyEvent",
            {"type": kind, "code": code, "key": text, "text": text, "modifiers": modifiers},
        )


async def test_a_case_is_worked_through_on_an_arabic_keyboard(desk: Page) -> None:
    """Next case, each tick in its turn, and on to the approval."""
    await struck(desk, "KeyN", ARABIC["KeyN"])
    await expect(desk).to_have_url(re.compile("/desk/cases/"))

    for what in ("specialty", "certificates", "documents[0]"):
        await struck(desk, "KeyT", ARABIC["KeyT"])
        box = desk.locator(f"[name=tick][value='{what}']")
        await expect(box).to_be_focused()
        await desk.keyboard.press("Space")
        await expect(box).to_be_checked()
    await struck(desk, "KeyA", ARABIC["KeyA"])

    await expect(desk).to_have_url(re.compile("/decide/approve"))


async def test_keys_are_silent_while_one_types(desk: Page) -> None:
    """A letter in a note leads nowhere; with a modifier a key is the browser's."""
    await struck(desk, "KeyN", ARABIC["KeyN"])
    await expect(desk).to_have_url(re.compile("/desk/cases/"))
    await struck(desk, "KeyX", "ء", modifiers=2)
    await struck(desk, "KeyR", ARABIC["KeyR"])
    await expect(desk).to_have_url(re.compile("/decide/return"))

    await desk.locator("#note").focus()
    await struck(desk, "KeyB", "ب")
    await expect(desk.locator("#note")).to_have_value("ب")
    await desk.locator("h1").click()
    await struck(desk, "KeyB", "ب")

    await expect(desk).not_to_have_url(re.compile("/decide/"))


async def test_the_question_mark_opens_the_sheet(desk: Page) -> None:
    """It stands in the page for whoever has no script, folded."""
    sheet = desk.locator("[data-keys]")
    await expect(sheet).not_to_have_attribute("open", "")

    await struck(desk, "Slash", "؟", modifiers=8)

    await expect(sheet).to_have_attribute("open", "")
    await expect(sheet.locator("summary")).to_be_focused()


async def test_switched_off_they_are_heard_no_more(desk: Page) -> None:
    """In this browser, until they are switched on again."""
    switch = desk.locator("form[action*='/desk/keys'] button")
    await desk.locator("[data-keys] summary").click()
    await switch.click()
    await expect(desk.locator("[data-keys]")).to_have_count(0)

    await struck(desk, "KeyN", ARABIC["KeyN"])
    await struck(desk, "Slash", "؟", modifiers=8)
    await expect(desk).not_to_have_url(re.compile("/desk/cases/"))
    await desk.locator("details:has(form[action*='/desk/keys']) summary").click()
    await switch.click()
    await expect(desk.locator("[data-keys]")).to_have_count(1)
    await struck(desk, "KeyN", ARABIC["KeyN"])

    await expect(desk).to_have_url(re.compile("/desk/cases/"))


async def test_only_our_own_form_switches_them(browser: httpx.AsyncClient, officer: Staff) -> None:
    """And it leads nowhere but to us."""
    hidden = hidden_fields((await browser.get("/desk")).text, "/desk/keys")

    forged = await browser.post("/desk/keys", data={**hidden, "keys": "off", "csrf": "x"})
    away = await browser.post(
        "/desk/keys", data={**hidden, "keys": "off", "to": "//evil.example"}, headers=OURS
    )

    assert "set-cookie" not in forged.headers
    assert away.headers["location"] == "/home"
    assert browser.cookies[cookie_name(Cookie.KEYS)] == "off"
    assert "data-keys" not in (await browser.get("/desk")).text
