"""The page that tells where a request stands."""

from datetime import UTC, datetime, timedelta
from html import unescape

import httpx
import pytest
from sqlmodel import col, select

from desk.requests.waiting import load_request
from models.database import transaction
from models.letters import Letter
from models.requests import Request
from portal.web.guessing import MOST_MISSES, WINDOW
from rules.requests.statuses import Status
from rules.requests.transitions import FINAL
from support.people import register_people
from support.portal import Clock, mailed_link, put
from support.requests import request_at_gate

WRONG = "0000-0000"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


async def ask(browser: httpx.AsyncClient, code: str, language: str = "en") -> httpx.Response:
    return await browser.post(f"/track?lang={language}", data={"code": code})


async def test_a_code_shows_where_the_request_stands(browser: httpx.AsyncClient) -> None:
    """Kind, status in plain words, since when, the reference, and what to do next."""
    link = await mailed_link()
    reference = (await load_request(link.code)).reference_number

    page = await ask(browser, link.code)

    assert page.status_code == 200
    assert "Waiting for activation" in page.text
    assert "Profile update" in page.text
    assert f'<bdi dir="ltr">{reference}</bdi>' in page.text
    assert "23\u00a0November\u00a02026" in page.text
    assert "Open the link in our newest e-mail" in page.text


@pytest.mark.parametrize(
    "typing",
    [
        str.lower,
        lambda code: code.replace("-", " "),
        lambda code: f"  {code} ",
        lambda code: f"\u2066{code}\u2069",
        lambda code: "\u200e".join(code.replace("-", "\u2013")),
    ],
)
async def test_a_code_is_understood_however_it_is_typed(
    browser: httpx.AsyncClient, typing: object
) -> None:
    """Small letters, no dash, blanks around it, and as our own Arabic e-mails print it."""
    link = await mailed_link()
    assert callable(typing)

    page = await ask(browser, typing(link.code))

    assert page.status_code == 200


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_a_character_that_nobody_sees_is_named(
    browser: httpx.AsyncClient, language: str
) -> None:
    """What is no part of a code is shown by its number."""
    page = await ask(browser, "K7Q2\x01-M9XD", language)

    assert page.status_code == 422
    assert "U+0001" in page.text


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("language", ["ar", "en"])
async def test_every_status_has_its_words_in_both_languages(
    browser: httpx.AsyncClient, status: Status, language: str
) -> None:
    """Closed requests show no path that they are on."""
    link = await mailed_link()
    await put(link.code, status=status, review_due_at=None)

    page = await ask(browser, link.code, language)

    assert page.status_code == 200
    assert ('class="steps"' in page.text) == (status not in {*FINAL} - {Status.ACTIVATED})


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "We could not deliver our last e-mail"), ("ar", "تعذّر إيصال آخر رسالة")],
)
async def test_an_e_mail_that_did_not_arrive_is_told(
    browser: httpx.AsyncClient, language: str, words: str
) -> None:
    """Its applicant has no other way to hear of it; a later one that arrives ends it."""
    link = await mailed_link()
    well = await ask(browser, link.code, language)
    async with transaction() as session:
        newest = select(Letter.id).order_by(col(Letter.created_at).desc()).limit(1)
        (await session.get_one(Letter, (await session.exec(newest)).one())).came_back_at = NOW
    ill = await ask(browser, link.code, language)

    assert words not in unescape(well.text)
    assert words in unescape(ill.text)


async def test_before_the_approval_the_reference_is_not_issued(
    browser: httpx.AsyncClient,
) -> None:
    """The page says so, and the day by which a decision is expected."""
    await register_people()
    code = await request_at_gate()

    page = await ask(browser, code)

    assert "Issued on approval" in page.text
    assert "Decision expected by" in page.text
    assert "00:00" not in page.text


async def test_a_review_past_its_date_is_admitted_to_be_late(
    browser: httpx.AsyncClient, clock: Clock
) -> None:
    """No date that has passed is promised."""
    await register_people()
    code = await request_at_gate()
    clock.forward(timedelta(days=30))

    page = await ask(browser, code)

    assert "is taking longer than usual" in page.text
    assert "Decision expected by" not in page.text


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (Status.RETURNED, "Correct by"),
        (Status.AWAITING_ACTIVATION, "Activate by"),
    ],
)
async def test_what_waits_for_the_applicant_shows_its_last_day(
    browser: httpx.AsyncClient, status: Status, sentence: str
) -> None:
    """The deadline is the midnight after it, in Riyadh."""
    link = await mailed_link()
    midnight = datetime(2026, 12, 22, 21, tzinfo=UTC)
    await put(link.code, status=status, closes_at=midnight)

    page = await ask(browser, link.code)

    assert sentence in page.text
    assert "Tuesday 22\u00a0December\u00a02026" in page.text


async def test_the_status_shows_no_personal_data(browser: httpx.AsyncClient) -> None:
    """A tracking code is quoted on the phone."""
    link = await mailed_link(email="noura.elsewhere@example.com")

    page = await ask(browser, link.code)

    for datum in ("Noura", "نورة", "@example.com", "10000", "Olaya", "King"):
        assert datum not in page.text


async def test_an_unknown_code_gets_the_form_again(browser: httpx.AsyncClient) -> None:
    """With what was typed, and a sentence that helps."""
    page = await ask(browser, WRONG)

    assert page.status_code == 404
    assert "We found no request with this code" in page.text
    assert f'value="{WRONG}"' in page.text


@pytest.mark.parametrize("text", ["", "hello", "\x00", '"><script>alert(1)</script>', "١" * 400])
async def test_what_is_no_code_is_told_so_and_escaped(
    browser: httpx.AsyncClient, text: str
) -> None:
    """The field is marked as wrong, and nothing typed becomes markup."""
    page = await ask(browser, text)

    assert page.status_code == 422
    assert "This is not a tracking code" in page.text
    assert "aria-invalid" in page.text
    assert "<script" not in page.text


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"code": "x"}'),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        (
            "multipart/form-data; boundary=x; charset=undefined",
            b'--x\r\nContent-Disposition: form-data; name="code"\r\n\r\nK7Q2-M9XD\r\n--x--\r\n',
        ),
        ("application/x-www-form-urlencoded", b"&".join(b"a=%d" % n for n in range(500))),
        ("application/x-www-form-urlencoded", b"code=%ff%fe"),
    ],
)
async def test_a_body_that_is_no_form_is_answered_like_an_empty_one(
    browser: httpx.AsyncClient, content_type: str, body: bytes
) -> None:
    """No error of ours, whatever is posted."""
    page = await browser.post("/track", content=body, headers={"Content-Type": content_type})

    assert page.status_code == 422


async def test_guessing_codes_is_slowed_down(browser: httpx.AsyncClient, clock: Clock) -> None:
    """After so many wrong codes even a right one waits; later it is looked up again."""
    link = await mailed_link()
    for _ in range(MOST_MISSES):
        await ask(browser, WRONG)

    refused = await ask(browser, link.code)
    clock.forward(WINDOW)
    allowed = await ask(browser, link.code)

    assert refused.status_code == 429
    assert refused.headers["retry-after"] == str(int(WINDOW.total_seconds()))
    assert "Too many wrong codes" in refused.text
    assert allowed.status_code == 200


async def test_right_codes_are_never_limited(browser: httpx.AsyncClient) -> None:
    """A hospital may follow all its people from one address."""
    link = await mailed_link()

    pages = [await ask(browser, link.code) for _ in range(MOST_MISSES + 1)]

    assert {page.status_code for page in pages} == {200}


async def test_the_other_language_shows_the_same_request(browser: httpx.AsyncClient) -> None:
    """The code was posted, so the switch posts it too."""
    link = await mailed_link()

    page = await ask(browser, link.code, "ar")

    assert '<form method="post" action="/track?lang=en">' in page.text
    assert f'name="code" value="{link.code}"' in page.text


async def test_looking_changes_nothing(browser: httpx.AsyncClient) -> None:
    """Neither the form nor the answer touches the request."""
    link = await mailed_link()
    before = await load_request(link.code)

    await ask(browser, link.code)
    await browser.get("/track")

    after = await load_request(link.code)
    assert Request.model_dump(after) == Request.model_dump(before)
