"""One's own requests, and nobody else's."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from models.database import transaction
from models.requests import find_request
from rules.requests.statuses import Status
from support.accounts import Member, sign_in_as, with_password
from support.people import contact_change
from support.portal import Clock
from support.requests import NOW, request_awaiting_activation


async def request_of(member: Member, **facts: object) -> str:
    """A request of this person, its row set to what a test needs to see."""
    submission = contact_change(
        registration_number=member.registration_number,
        idempotency_key=member.registration_number,
        changes={"mobile": "0551112233"},
    )
    code, _ = await request_awaiting_activation(submission)
    async with transaction() as session:
        row = await find_request(session, code, lock=True)
        for name, value in facts.items():
            setattr(row, name, value)
    return code


DUE = datetime(2026, 12, 3, 21, tzinfo=UTC)  # the end of that day in Riyadh is at 21:00 UTC


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"status": Status.RETURNED, "closes_at": DUE}, "With you until Thursday 3\u00a0December"),
        (
            {"status": Status.AWAITING_PAYMENT, "closes_at": DUE},
            "With you until Thursday 3\u00a0December",
        ),
        (
            {"status": Status.UNDER_REVIEW, "review_due_at": DUE},
            "With us; answer by Thursday 3\u00a0December",
        ),
        (
            {"status": Status.UNDER_REVIEW, "review_due_at": NOW - timedelta(days=1)},
            "taking longer than we said",
        ),
        ({"status": Status.SUBMITTED}, "With us; you do not need to do anything"),
        ({"held_until": DUE}, "With us; answer by Thursday 3\u00a0December"),
        ({"status": Status.ACTIVATED}, "Closed"),
        ({"status": Status.REJECTED}, "Closed"),
    ],
)
async def test_each_request_says_whose_turn_it_is_and_until_when(
    browser: httpx.AsyncClient, facts: dict[str, object], said: str
) -> None:
    """On the home page, and on its own."""
    member = await with_password()
    code = await request_of(member, **facts)
    await sign_in_as(browser, member)

    home = await browser.get("/home?lang=en")
    own = await browser.get(f"/requests/{code}?lang=en")

    for page in (home, own):
        assert said in re.sub("<[^>]*>", "", page.text)
    assert code in home.text


async def test_one_s_own_request_tells_what_happened(browser: httpx.AsyncClient) -> None:
    """Without anybody's name of the house."""
    member = await with_password()
    code = await request_of(member)
    await sign_in_as(browser, member)

    page = await browser.get(f"/requests/{code.lower()}?lang=en")

    assert page.status_code == 200
    assert "We received the request" in page.text
    assert "The activation link was sent" in page.text
    assert "amal" not in page.text


@pytest.mark.parametrize("code", ["another's", "0000-0000", "nonsense"])
async def test_of_anybody_else_s_request_there_is_no_page(
    browser: httpx.AsyncClient, code: str
) -> None:
    """Whether there is such a request is not told either."""
    member, other = await with_password(), await with_password()
    theirs = await request_of(other)
    await sign_in_as(browser, member)

    pages = [
        await browser.get(f"/requests/{each}?lang=en")
        for each in (theirs if code == "another's" else code, "1111-1111")
    ]

    assert [page.status_code for page in pages] == [404, 404]
    assert pages[0].text.replace(theirs, "") == pages[1].text.replace("1111-1111", "") or (
        code != "another's"
    )
    assert theirs not in (await browser.get("/home")).text


async def test_a_page_of_one_s_own_is_kept_by_nobody(
    browser: httpx.AsyncClient, clock: Clock
) -> None:
    """No cache on the way, and none in the browser for whoever presses Back afterwards."""
    member = await with_password()
    await sign_in_as(browser, member)

    page = await browser.get("/home")

    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
