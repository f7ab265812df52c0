"""Every form of a page, against what strangers type, paste and press."""

import re

import httpx
from sqlalchemy import text
from sqlmodel import SQLModel

from models.database import transaction
from models.statements import execute
from support.accounts import OURS
from support.shown_forms import ShownForm, forms_of

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
#: Rows that counting, noting and looking write, whatever is pressed.
_NOTED = {"sign_in_counts", "account_sessions", "access_log", "alembic_version"}
_DIGEST = "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"
_STATUSES = {200, 303, 400, 403, 404, 409, 413, 422, 429}


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
