"""Every form that the portal shows, against what strangers type, paste and press.

The forms are found on the pages that the portal has, so one that is added is tried by itself.
"""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from portal.practitioner.update import forms as update_forms
from rules.profile_update.drafted import Entry, Section
from rules.values.dates import riyadh_day
from support.accounts import OURS, Member
from support.cards import give_card
from support.every_form import (
    ELSEWHERE,
    HOSTILE,
    answered,
    everything_written,
    pressed,
    typed_forms,
)
from support.requests import NOW
from support.shown_forms import forms_of
from support.uploads import name_a_shelf

#: Pages with forms: whoever they are for, and what must stand before they are shown.
PUBLIC = ["/", "/track", "/sign-in", "/first-sign-in", "/forgotten-password"]
SIGNED_IN = [
    "/update",
    *(f"/update/edit/{section}" for section in Section),
    *(f"/update/add/{entry}" for entry in Entry),
    "/renewal/document/employer_letter",
    "/account/password",
]


@pytest.fixture
async def renewing(
    browser: httpx.AsyncClient, member: Member, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Member:
    """Whoever sits before the browser has a card to renew, and has begun."""
    name_a_shelf(tmp_path, monkeypatch)
    await give_card(member.registration_number, expires_on=riyadh_day(NOW))
    shown = forms_of((await browser.get("/renewal/needs")).text)
    await browser.post("/renewal/needs", data=shown[-1].fixed, headers=OURS)
    return member


@pytest.mark.parametrize("page", PUBLIC)
async def test_what_strangers_type_is_answered(portal: FastAPI, page: str, database: str) -> None:
    """In words, with what was typed but never a password, and without a fault of ours."""
    for number, hostile in enumerate(HOSTILE.values()):
        transport = httpx.ASGITransport(portal, client=(f"10.0.{number}.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://portal.test") as browser:
            await answered(browser, page, hostile)


@pytest.mark.parametrize("page", SIGNED_IN)
async def test_what_whoever_is_signed_in_types_is_answered(
    browser: httpx.AsyncClient, renewing: Member, page: str
) -> None:
    """The same, in every box of the page."""
    for hostile in HOSTILE.values():
        await answered(browser, page, hostile)


async def test_no_form_of_an_update_is_forgotten(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Each box that is declared is one that was tried."""
    for part in (*Section, *Entry):
        path = f"/update/{'edit' if part in set(Section) else 'add'}/{part}"
        (form,) = typed_forms((await browser.get(path)).text)
        declared = set(
            (update_forms._SECTIONS.get(part) or update_forms._ENTRIES[part]).boxes  # type: ignore[call-overload] # one of the two
        )

        assert declared == (set(form.typed) | form.choices)


@pytest.mark.parametrize("where", list(ELSEWHERE))
async def test_no_form_pressed_from_elsewhere_changes_a_row(
    browser: httpx.AsyncClient, renewing: Member, where: str
) -> None:
    """Every form of every page of who is signed in, with its own token and honest values."""
    pages = [
        *SIGNED_IN,
        "/home",
        "/account/sessions",
        "/renewal/tasks",
        "/renewal/review",
        "/renewal/file/employer_letter",
        "/update/review",
        "/update/discard",
    ]
    presses = 0
    before = await everything_written()
    for page in pages:
        for form in forms_of((await browser.get(page)).text):
            answer = await pressed(browser, form, ELSEWHERE[where])
            assert answer.status_code in {303, 403, 404, 409, 422}, (page, form.action)
            presses += 1

    assert presses > len(pages)
    assert await everything_written() == before
    assert (await browser.get("/home")).status_code == 200
    (form,) = typed_forms((await browser.get("/update/edit/contact")).text)
    await pressed(browser, form, OURS)
    assert await everything_written() != before  # the same press of ours does something
