"""Next, pressed on a page that shows what is not kept any more."""

import httpx

from support.accounts import OURS, Member, hidden_fields, press
from support.pages import fill

REVIEW = "/update/review"


async def test_what_was_discarded_meanwhile_leads_back_to_the_start(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """In another window; nothing is sent, and nothing is an error."""
    await fill(browser, "/update/edit/contact", address="4 King Fahd Road, Dammam")
    shown = await browser.get(REVIEW)
    await press(browser, "/update/discard", {})

    answer = await browser.post(
        REVIEW, data=hidden_fields(shown.text, REVIEW) | {"sure": "yes"}, headers=OURS
    )

    assert member
    assert (answer.status_code, answer.headers["location"]) == (303, "/update/details")
