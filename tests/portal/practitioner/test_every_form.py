"""Every form that the portal shows, against what strangers type, paste and press.

The forms are found on the pages that the portal has, so one that is added is tried by itself.
"""

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlmodel import SQLModel

from models.database import transaction
from models.statements import execute
from portal.practitioner.update import forms as update_forms
from rules.profile_update.drafted import Entry, Section
from rules.values.dates import riyadh_day
from support.accounts import OURS, Member
from support.cards import give_card
from support.requests import NOW
from support.shown_forms import ShownForm, forms_of
from support.uploads import name_a_shelf

HOSTILE = {
    "nul": "a\x00b",
    "bidi overrides": "\u202e\u2066moc.elpmaxe@a\u2069",
    "a pasted cell": "King Salman Hospital\tRiyadh\r\n12 Olaya Street",
    "markup": '"><script>alert(1)</script>',
    "a formula": "=HYPERLINK(1)&{{ 7 * 7 }}%s%n",
    "half a character": "a\U0010ffff\ufffe\u0000",
    "digits of two scripts": "١2۳",
    "five hundred": "ع" * 500,
    "ten thousand": "ع" * 10_000,
    "nothing but blanks": " \u00a0\u200b\t ",
}
#: Pages with forms: whoever they are for, and what must stand before they are shown.
PUBLIC = ["/", "/track", "/sign-in", "/first-sign-in", "/forgotten-password"]
SIGNED_IN = [
    "/update",
    *(f"/update/edit/{section}" for section in Section),
    *(f"/update/add/{entry}" for entry in Entry),
    "/renewal/document/employer_letter",
    "/account/password",
]
#: Rows that counting, noting and looking write, whatever is pressed.
_NOTED = {"sign_in_counts", "account_sessions", "access_log", "alembic_version"}
_DIGEST = "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"
_STATUSES = {200, 303, 400, 403, 404, 409, 413, 422, 429}


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


def typed_forms(html: str) -> list[ShownForm]:
    """Those into which something is typed."""
    return [form for form in forms_of(html) if form.typed and not form.file]


async def everything_written() -> dict[str, str]:
    """A digest of each table, but of those that only note what was pressed."""
    found = {}
    async with transaction() as session:
        for name in sorted(set(SQLModel.metadata.tables) - _NOTED):
            digest = _DIGEST.format(name)
            found[name] = (await execute(session, text(digest))).scalar_one()
    return found


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


async def answered(browser: httpx.AsyncClient, page: str, hostile: str) -> None:
    """Each form of this page with this text in each of its boxes."""
    shown = await browser.get(page)
    assert shown.status_code == 200, page
    forms = typed_forms(shown.text)
    assert forms, page
    for form in forms:
        answer = await browser.post(
            form.action, data=form.fixed | dict.fromkeys(form.typed, hostile), headers=OURS
        )
        assert answer.status_code in _STATUSES, (page, hostile[:20], answer.status_code)
        assert "<script>" not in answer.text
        assert "\x00" not in answer.text
        assert "49" not in re.findall(r"value=\"=HYPERLINK\(1\)&amp;(\d+)", answer.text)
        if answer.status_code == 422:
            kept(form, answer.text, hostile)


def kept(form: ShownForm, html: str, hostile: str) -> None:
    """What was typed stands in its box again; a password never does."""
    again = {name: each for each in typed_forms(html) for name in each.typed}
    for name in form.typed:
        if name in form.passwords:
            assert hostile not in again[name].typed[name] or not hostile.strip()
        elif name in again:
            # A line of a box ends where a browser ends it; a NUL cannot be shown.
            wanted = hostile.replace("\x00", "\ufffd").replace("\r\n", "\n")
            found = again[name].typed[name].replace("\uffff", "\ufffd").replace("\r\n", "\n")
            assert found in {wanted, wanted.strip(), wanted.replace("\ufffd", "")}, (name, hostile)


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


async def pressed(
    browser: httpx.AsyncClient, form: ShownForm, headers: dict[str, str]
) -> httpx.Response:
    """The form as it stands, with something in each empty box, and a file where it asks for one."""
    data = form.fixed | {name: value or "1" for name, value in form.typed.items()}
    files = {form.file: ("a.pdf", b"%PDF-1.4", "application/pdf")} if form.file else None
    return await browser.post(form.action, data=data, files=files, headers=headers)


ELSEWHERE = {
    "another site": {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    "a neighbour": {"Sec-Fetch-Site": "same-site", "Origin": "http://other.portal.test"},
    "null": {"Origin": "null"},
    "an old browser on another site": {"Origin": "https://evil.example"},
    "nobody says": {},
}


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
