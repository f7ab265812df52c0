"""Passkeys in Chromium, with a virtual authenticator in the place of a telephone's own."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.async_api import CDPSession, Page, expect

from portal.web.sentences import sentences
from rules.accounts.kinds import Proof, Role
from support.accounts import with_password
from support.browsing import served
from support.portal import Clock
from support.screens import DESK, PHONE, is_as_wide_as_its_screen, screen, sign_in
from support.staff import with_password_alone

PICTURES = os.environ.get("MUMARIS_TEST_PICTURES")


@pytest.fixture
async def site(portal: FastAPI, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The portal under a name: browsers make passkeys for the name of a host only."""
    async with served(portal) as address:
        named = address.replace("127.0.0.1", "localhost")
        monkeypatch.setattr("portal.web.passkeys.portal_origin", lambda: named)
        yield named


@asynccontextmanager
async def telephone(**context: Any) -> AsyncIterator[tuple[Page, CDPSession, str]]:
    """A browser whose person puts a finger on it when asked."""
    async with screen(**context) as page:
        devices = await page.context.new_cdp_session(page)
        await devices.send("WebAuthn.enable")
        added = await devices.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        yield page, devices, added["authenticatorId"]


async def add(page: Page, site: str, name: str, *, language: str = "en") -> None:
    """Name a passkey and press the button."""
    await page.goto(f"{site}/account/passkeys?lang={language}")
    await page.locator("#name").fill(name)
    await page.locator("#make button").click()


async def sign_out(page: Page) -> None:
    """By the page's button."""
    await page.locator(".bar nav button").click()
    await expect(page).to_have_url(re.compile(r"/sign-in"))


async def picture(page: Page, name: str) -> None:
    """For whoever wants to look at the pages."""
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"passkey-{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("size", "scheme", "language"), [(PHONE, "light", "ar"), (DESK, "dark", "en")], ids=str
)
async def test_a_passkey_is_added_and_signs_in_alone_and_beside_a_password(
    site: str, size: dict[str, int], scheme: str, language: str
) -> None:
    """On a telephone in Arabic, on a desk in English."""
    member = await with_password(preferred_language=language)
    async with telephone(viewport=size, color_scheme=scheme, locale="en-GB") as (page, *_):
        await sign_in(page, site, member, language)
        await picture(page, f"home-{language}")
        await page.goto(f"{site}/account/passkeys?lang={language}")
        await picture(page, f"none-{language}")
        await add(page, site, "جوالي" if language == "ar" else "my phone", language=language)
        await expect(page.locator(".codes li")).to_have_count(10)
        await picture(page, f"codes-{language}")
        await page.locator("main a.button").click()
        await expect(page.locator(".rows li")).to_have_count(1)
        assert await is_as_wide_as_its_screen(page)
        await picture(page, f"listed-{language}")
        await page.locator(".rows a").click()
        await expect(page.locator("#rename")).to_be_visible()
        assert await is_as_wide_as_its_screen(page)
        await picture(page, f"one-{language}")

        await sign_out(page)
        await page.goto(f"{site}/sign-in?lang={language}")
        assert await is_as_wide_as_its_screen(page)
        await picture(page, f"sign-in-{language}")
        await page.locator("#show button").click()
        await expect(page).to_have_url(re.compile(r"/home"))

        await sign_out(page)
        await page.locator("[name=name]").fill(member.identity_number)
        await page.locator("[name=password]").fill(member.password)
        await page.locator("#ask button[type=submit].wide").click()
        await expect(page.locator("#passkey")).to_be_visible()
        assert await is_as_wide_as_its_screen(page)
        await picture(page, f"second-{language}")
        await page.locator("#passkey button").click()
        await expect(page).to_have_url(re.compile(r"/home"))

    proofs = [one.proof for one in await member.sessions()]
    assert proofs[-2:] == [Proof.PASSKEY, Proof.PASSKEY]


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_what_the_browser_refuses_is_said_in_words(site: str, language: str) -> None:
    """A finger that is not the owner's; and a device that has a passkey of the account already."""
    member = await with_password()
    async with telephone(viewport=PHONE) as (page, devices, device):
        await sign_in(page, site, member, language)
        await add(page, site, "my phone", language=language)
        await expect(page.locator(".codes li")).to_have_count(10)
        await add(page, site, "my phone again", language=language)
        await expect(page.locator(".summary")).to_be_focused()
        await expect(page.locator(".summary li")).to_have_text(said("already", language))
        await expect(page.locator("#name")).to_have_value("my phone again")
        await picture(page, f"already-{language}")
        await sign_out(page)
        await devices.send(
            "WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False}
        )
        await page.goto(f"{site}/sign-in?lang={language}")
        await page.locator("#show button").click()

        await expect(page.locator(".summary li")).to_have_text(said("cancelled", language))
        await expect(page).to_have_url(re.compile(r"/sign-in/passkey"))
        await picture(page, f"cancelled-{language}")
        await page.locator(".switch").click()
        await expect(page.locator("html")).not_to_have_attribute("lang", language)


@pytest.mark.parametrize(
    ("size", "language"), [(PHONE, "ar"), (DESK, "en")], ids=["telephone", "desk"]
)
async def test_an_officer_sets_a_passkey_up_and_shows_it_again(
    site: str, clock: Clock, size: dict[str, int], language: str
) -> None:
    """At the first sign-in, and before something that matters."""
    staff = await with_password_alone(Role.OFFICER)
    async with telephone(viewport=size) as (page, *_):
        await page.goto(f"{site}/sign-in?lang={language}")
        await page.locator("[name=name]").fill(staff.email)
        await page.locator("[name=password]").fill(staff.password)
        await page.locator("#ask button[type=submit].wide").click()
        await expect(page.locator("#make")).to_be_visible()
        assert await is_as_wide_as_its_screen(page)
        await picture(page, f"set-up-{language}")
        await page.locator("#name").fill("my key")
        await page.locator("#make button").click()
        await expect(page.locator(".codes li")).to_have_count(10)
        await page.goto(f"{site}/account/second-factor?lang={language}")
        await picture(page, f"factors-{language}")
        clock.forward(timedelta(minutes=20))
        await add(page, site, "another", language=language)
        await expect(page).to_have_url(re.compile(r"/account/confirm"))
        assert await is_as_wide_as_its_screen(page)
        await picture(page, f"confirm-{language}")
        await page.locator("#passkey button").click()

        await expect(page).to_have_url(re.compile(r"/account/passkeys"))

    assert (await staff.sessions())[-1].proof is Proof.PASSKEY


async def test_a_passkey_that_was_removed_signs_in_nobody(site: str) -> None:
    """The device still has it, and shows it."""
    member = await with_password()
    async with telephone(viewport=PHONE) as (page, *_):
        await sign_in(page, site, member, "en")
        await add(page, site, "my phone")
        await page.locator("main a.button").click()
        await page.locator(".rows a").click()
        await page.locator("button.danger").click()
        await expect(page.get_by_text("You have no passkeys yet")).to_be_visible()
        await sign_out(page)
        await page.goto(f"{site}/sign-in/passkey?lang=en")
        await page.locator("#show button").click()

        await expect(page.locator(".summary li")).to_have_text(said("refused", "en"))


async def test_a_passkey_that_counts_back_was_copied(site: str) -> None:
    """The device's own count, set back as a copy's would be."""
    member = await with_password()
    async with telephone(viewport=PHONE) as (page, devices, device):
        await sign_in(page, site, member, "en")
        await add(page, site, "my phone")
        await page.locator("main a.button").click()
        await sign_out(page)
        await page.goto(f"{site}/sign-in/passkey?lang=en")
        await page.locator("#show button").click()
        await expect(page).to_have_url(re.compile(r"/home"))
        await sign_out(page)
        asked = {"authenticatorId": device}
        (kept,) = (await devices.send("WebAuthn.getCredentials", asked))["credentials"]
        await devices.send("WebAuthn.clearCredentials", asked)
        await devices.send(
            "WebAuthn.addCredential", {**asked, "credential": {**kept, "signCount": 0}}
        )
        await page.goto(f"{site}/sign-in/passkey?lang=en")
        await page.locator("#show button").click()

        await expect(page.locator(".summary li")).to_have_text(said("copied", "en"))


async def test_another_address_of_the_portal_gets_no_answer(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser itself refuses a host that is not the page's."""
    member = await with_password()
    async with telephone(viewport=PHONE) as (page, *_):
        await sign_in(page, site, member, "en")
        monkeypatch.setattr("portal.web.passkeys.portal_origin", lambda: "https://other.example")
        await add(page, site, "my phone")

        await expect(page.locator(".summary li")).to_have_text(said("unsupported", "en"))


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_without_scripts_the_pages_say_what_to_do_instead(site: str, language: str) -> None:
    """Nothing is broken: the button answers in words, and the password signs in."""
    member = await with_password()
    async with screen(viewport=PHONE, java_script_enabled=False) as page:
        await page.goto(f"{site}/sign-in?lang={language}")
        await expect(page.locator("#show .note")).to_have_text(said("scripts", language))
        await picture(page, f"no-scripts-{language}")
        await page.locator("#show button").click()
        await expect(page.locator(".summary li")).to_have_text(said("scripts", language))
        await page.locator("main .onward a").click()
        await page.locator("[name=name]").fill(member.identity_number)
        await page.locator("[name=password]").fill(member.password)
        await page.locator("#ask button[type=submit].wide").click()
        await expect(page).to_have_url(re.compile(r"/home"))
        await add(page, site, "my phone", language=language)

        await expect(page.locator(".summary li")).to_have_text(said("scripts", language))
        await expect(page.locator("#name")).to_have_value("my phone")


def said(fault: str, language: str) -> str:
    """The sentence of this fault."""
    return sentences()[f"passkey.fault.{fault}"][language]
