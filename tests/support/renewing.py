"""Somebody who renews a card in the portal, as a browser without scripts sends it."""

from datetime import date, timedelta

import httpx

from desk.requests.review import Ruling, decide
from rules.requests.correctable import Correctable
from rules.requests.verdicts import Verdict
from rules.values.dates import riyadh_day
from support.accounts import OURS, Member, hidden_fields, press, sign_in_as, with_password
from support.cards import give_card
from support.document_files import EXAMPLES
from support.pages import fill, sent_code
from support.requests import NOW
from tasks.steps.validation import validate

TODAY = riyadh_day(NOW)
NEEDS, TASKS, REVIEW = "/renewal/needs", "/renewal/tasks", "/renewal/review"
LETTER, LETTER_FILE = "/renewal/document/employer_letter", "/renewal/file/employer_letter"
PDF = EXAMPLES / "employer-letter.pdf"
LETTER_TYPED = {
    "issuer": "King Salman Hospital",
    "issued_on__day": "1",
    "issued_on__month": "November",
    "issued_on__year": "2026",
}


async def holder(
    browser: httpx.AsyncClient, *, expires_on: date = TODAY + timedelta(days=30), **facts: object
) -> Member:
    """Somebody with a nurse's card, signed in."""
    member = await with_password(preferred_language="en", **facts)
    await give_card(member.registration_number, expires_on=expires_on)
    assert (await sign_in_as(browser, member)).status_code == 303
    return member


async def send_file(
    browser: httpx.AsyncClient, content: bytes, page: str = LETTER_FILE, **headers: str
) -> httpx.Response:
    """Choose a file and press Upload."""
    shown = await browser.get(page)
    assert shown.status_code == 200
    return await browser.post(
        page,
        data=hidden_fields(shown.text, page),
        files={"document": ("letter.pdf", content, "application/pdf")},
        headers={**OURS, **headers},
    )


async def write(browser: httpx.AsyncClient) -> None:
    """All that a Saudi nurse below the age is asked for."""
    assert (await press(browser, NEEDS, {})).headers["location"] == TASKS
    kept = await fill(browser, LETTER, **LETTER_TYPED)
    assert (kept.status_code, kept.headers["location"]) == (303, LETTER_FILE)
    sent = await send_file(browser, PDF.read_bytes())
    assert (sent.status_code, sent.headers["location"]) == (303, TASKS)


async def give_back(code: str, *, note: str = "See page 2 <b>") -> None:
    """An officer returns the renewal for its documents."""
    await validate.task.fn(code)
    ruling = Ruling(
        verdict=Verdict.RETURN,
        officer="amal",
        reason_code="document_not_accepted",
        note=note,
        fields=[Correctable("documents")],
    )
    await decide(code, ruling, now=NOW)


async def returned(browser: httpx.AsyncClient) -> str:
    """A renewal that was written and sent here, and then returned: its code."""
    await write(browser)
    code = await sent_code(browser, REVIEW)
    await give_back(code)
    return code
