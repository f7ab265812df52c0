"""Officers sign in by the provider in Chromium: a telephone in Arabic, a desk without scripts."""

import re
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.async_api import Page, expect

from support.browsing import served
from support.officers import Linked
from support.oidc import PASSWORD, StandIn
from support.requests import NOW
from support.screens import DESK, PHONE, is_as_wide_as_its_screen, screen

WORDS = {
    "ar": {"button": "تسجيل الدخول بحساب العمل", "code": "رمز التحقق", "go on": "متابعة"},
    "en": {"button": "Sign in with your work account", "code": "Code", "go on": "Continue"},
}


@pytest.mark.parametrize(
    ("language", "window"),
    [
        ("ar", {"viewport": PHONE}),
        ("en", {"viewport": DESK, "java_script_enabled": False}),
    ],
)
async def test_an_officer_signs_in_by_the_work_account(
    portal: FastAPI,
    provider: StandIn,
    officer: Linked,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    window: dict[str, Any],
) -> None:
    """There, back, the code, and the desk, all in the language that was chosen."""
    async with served(portal) as site, screen(**window) as page:
        monkeypatch.setattr("portal.practitioner.with_provider.portal_origin", lambda: site)
        provider.registered = {f"{site}/sign-in/with/officer/back"}
        words = WORDS[language]
        await page.goto(f"{site}/sign-in?lang={language}")
        await page.get_by_role("button", name=words["button"]).click()
        await _sign_in_there(page, provider)
        await expect(page).to_have_url(re.compile(rf"^{site}/sign-in/second\?.*lang={language}"))
        await page.get_by_label(words["code"]).fill(officer.app.at(NOW))
        await page.get_by_role("button", name=words["go on"]).click()
        await expect(page).to_have_url(re.compile(rf"^{site}/desk"))

        await expect(page.locator("html")).to_have_attribute("lang", language)
        assert await is_as_wide_as_its_screen(page)
    assert len(await officer.sessions()) == 1


async def test_a_provider_that_signs_nobody_in_leaves_the_page_as_it_was(
    portal: FastAPI, provider: StandIn, officer: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason takes the focus, and the password is one press away."""
    async with served(portal) as site, screen(viewport=PHONE) as page:
        monkeypatch.setattr("portal.practitioner.with_provider.portal_origin", lambda: site)
        provider.registered = {f"{site}/sign-in/with/officer/back"}
        provider.says_back = {"code": "", "error": "access_denied"}
        await page.goto(f"{site}/sign-in?lang=en")
        await page.get_by_role("button", name=WORDS["en"]["button"]).click()
        await _sign_in_there(page, provider)

        await expect(page.locator(".summary")).to_be_focused()
        await expect(page.locator(".summary")).to_contain_text("did not sign you in")
        await expect(page.get_by_label("Password", exact=True)).to_be_visible()
        assert await is_as_wide_as_its_screen(page)


async def _sign_in_there(page: Page, provider: StandIn) -> None:
    await expect(page).to_have_url(re.compile(rf"^{provider.issuer}/authorize"))
    await page.get_by_label("User").fill("amal")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Go on").click()
