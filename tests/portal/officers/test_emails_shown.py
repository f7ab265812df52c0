"""The e-mails of a decision as a mail program shows them, before anybody decides."""

import httpx
import pytest
from fastapi import FastAPI
from playwright.async_api import expect

from rules.accounts.kinds import Role
from support.accounts import OURS, hidden_fields, press
from support.at_the_desk import decisions, taken, ticked
from support.browsing import served
from support.every_form import ELSEWHERE, everything_written
from support.people import register_people
from support.requests import request_at_gate
from support.screens import screen
from support.staff import Staff, ready

from .test_in_a_browser import sign_in

RETURN = {"reason": "other_see_note", "note": "<script>alert(1)</script>", "field-specialty": "yes"}


async def shown(
    browser: httpx.AsyncClient, verdict: str, email: str = "0", **fields: str
) -> httpx.Response:
    """Take a case, tick it, have its e-mails shown, and press the button of one."""
    case = await taken(browser)
    await ticked(browser, case)
    page = f"{case}/decide/{verdict}"
    answer = await press(browser, page, fields)
    data = {**hidden_fields(answer.text, page), **fields, "email": email}
    return await browser.post(f"{page}/email", data=data, headers=OURS)


async def test_an_email_is_shown_as_it_will_be_sent(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """In both languages, with its own styles, in a document that may do nothing; nobody decides."""
    code = await request_at_gate()

    answer = await shown(browser, "return", **RETURN)

    assert answer.status_code == 200
    assert 'dir="rtl"' in answer.text
    assert 'dir="ltr"' in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "<script" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert {"sandbox", "default-src 'none'", "style-src 'unsafe-inline'"} <= set(policy.split("; "))
    assert await decisions(code) == []


@pytest.mark.parametrize("email", ["1", "-1", "x", ""])
async def test_where_there_is_no_such_email_the_form_is_shown(
    browser: httpx.AsyncClient, officer: Staff, email: str
) -> None:
    """With the e-mails that there are, under the policy of every page."""
    await request_at_gate()

    answer = await shown(browser, "approve", email)

    assert answer.status_code == 200
    assert "Show it as a mail program does" in answer.text
    assert "unsafe-inline" not in answer.headers["content-security-policy"]


async def test_without_a_reason_the_form_says_so(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """As where the e-mails are asked for there."""
    await request_at_gate()

    answer = await shown(browser, "reject")

    assert answer.status_code == 422
    assert "There is a problem" in answer.text or "Error:" in answer.text


@pytest.mark.parametrize("where", list(ELSEWHERE))
async def test_no_email_is_shown_to_another_site(
    browser: httpx.AsyncClient, officer: Staff, where: str
) -> None:
    """The form is, which asks for the press once more."""
    await request_at_gate()
    case = await taken(browser)
    await ticked(browser, case)
    page = f"{case}/decide/approve"
    data = hidden_fields((await browser.get(page)).text, page) | {"email": "0"}
    before = await everything_written()

    answer = await browser.post(f"{page}/email", data=data, headers=ELSEWHERE[where])

    assert answer.status_code == 403
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert await everything_written() == before


@pytest.mark.usefixtures("master_keys")
@pytest.mark.parametrize("language", ["ar", "en"])
async def test_it_opens_beside_the_form(portal: FastAPI, language: str) -> None:
    """In a tab of its own, in both languages; the form stays as it was filled in."""
    await register_people()
    code = await request_at_gate()
    staff, app = await ready(Role.OFFICER)
    async with served(portal) as site, screen(locale=language) as page:
        await sign_in(page, site, staff, app)
        await page.goto(f"{site}/desk/cases/{code}/decide/return?lang={language}")
        await page.locator("#field-specialty").check()
        await page.locator("#reason").select_option("other_see_note")
        await page.locator("#note").fill("الصفحة الثانية")
        await page.locator("[name=step][value=show]").click()

        async with page.expect_popup() as opened:
            await page.locator("[name=email]").press("Enter")
        email = await opened.value

        await expect(email.get_by_text("الصفحة الثانية").first).to_be_visible()
        await expect(email.get_by_role("heading", level=1)).to_have_count(2)
        await expect(page.locator("#note")).to_have_value("الصفحة الثانية")
