"""A page that is sent after its session ran out: nothing typed is lost, and nobody else sees it."""

from datetime import timedelta

import httpx
import pytest

from desk.drafts.update import look
from support.accounts import OURS, Member, press
from support.pages import boxes_of
from support.portal import Clock
from support.requests import NOW


async def typed_by(member: Member) -> dict[str, dict[str, str]]:
    """What the draft holds."""
    written = await look(member.registration_number, now=NOW)
    return {part: dict(typed) for part, typed in written.content.items() if typed}


async def test_what_was_sent_after_the_session_ran_out_is_kept_for_its_owner(
    browser: httpx.AsyncClient, member: Member, clock: Clock
) -> None:
    """Sign-in leads to the page, which holds it."""
    path = "/update/edit/contact"
    boxes = boxes_of((await browser.get(path)).text)
    clock.forward(timedelta(hours=1))

    answer = await browser.post(path, data=boxes | {"mobile": "0551112233"}, headers=OURS)
    signed_in = await press(
        browser,
        answer.headers["location"],
        {"name": member.identity_number, "password": member.password},
        action="/sign-in",
    )
    page = await browser.get(signed_in.headers["location"])

    assert answer.headers["location"] == "/sign-in?to=%2Fupdate%2Fedit%2Fcontact"
    assert signed_in.headers["location"] == path
    assert boxes_of(page.text)["mobile"] == "0551112233"


@pytest.mark.parametrize("how", ["signed out", "forged", "cross-site", "no cookie"])
async def test_what_an_ended_session_sends_is_not_kept(
    browser: httpx.AsyncClient, member: Member, clock: Clock, how: str
) -> None:
    """Who signed out is gone; a form that is not ours keeps nothing."""
    path = "/update/edit/contact"
    boxes = boxes_of((await browser.get(path)).text) | {"mobile": "0551112233"}
    headers = {"Sec-Fetch-Site": "cross-site"} if how == "cross-site" else OURS
    if how == "signed out":
        cookies = dict(browser.cookies)
        await press(browser, "/home", {}, action="/sign-out")
        browser.cookies.update(cookies)
    elif how == "no cookie":
        browser.cookies.clear()
    elif how == "forged":
        boxes["csrf"] = "0" * 64
    clock.forward(timedelta(hours=1))

    answer = await browser.post(path, data=boxes, headers=headers)

    assert answer.headers["location"] == "/sign-in?to=%2Fhome"
    assert await typed_by(member) == {}
