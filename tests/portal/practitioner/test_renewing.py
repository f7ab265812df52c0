"""A card renewal, page by page, as a browser without scripts sends it."""

import re
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from desk.clock import last_day
from desk.drafts.renewal import look
from desk.policy import current_policy
from desk.requests.payments import money_of
from desk.requests.review import Ruling, decide
from desk.requests.waiting import load_request
from models.database import transaction
from models.documents.documents import Upload, find_upload
from models.payments import Bill, bill_of
from rules.documents.states import DocumentState
from rules.requests.statuses import Status
from rules.requests.verdicts import Verdict
from support.accounts import OURS, Member, hidden_fields, press
from support.document_files import REFUSED
from support.pages import boxes_of, fill, sent_code
from support.people import register_people
from support.policies import PAID_FIRST, policy_with
from support.portal import Clock
from support.renewing import (
    LETTER,
    LETTER_FILE,
    NEEDS,
    PDF,
    REVIEW,
    TASKS,
    TODAY,
    holder,
    send_file,
    write,
)
from support.requests import NOW
from support.uploads import name_a_shelf
from tasks.steps.payment import ask_for_payment
from tasks.steps.reference import issue_reference
from tasks.steps.validation import validate


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where documents lie."""
    return name_a_shelf(tmp_path, monkeypatch)


async def test_the_whole_way_from_apply_now_to_the_code(browser: httpx.AsyncClient) -> None:
    """Home, start, needs, tasks, particulars, file, review, Next, and My requests."""
    member = await holder(browser)

    home, start = await browser.get("/home"), await browser.get("/renewal")
    needed = await browser.get(NEEDS)
    await write(browser)
    review = await browser.get(REVIEW)
    code = await sent_code(browser, REVIEW)
    page, mine = await browser.get(f"/requests/{code}/sent"), await browser.get("/home")

    assert 'href="/renewal?lang=en"' in home.text
    assert 'href="/renewal/needs?lang=en"' in start.text
    assert "Renewal fee: 240.00" in needed.text
    assert "Set for this service." in needed.text
    assert "King Salman Hospital" in review.text
    assert "1448" in review.text
    assert code in page.text
    assert "30\u00a0November\u00a02026" in page.text
    assert code in mine.text
    row = await load_request(code)
    assert (row.kind, row.status) == ("card_renewal", Status.SUBMITTED)
    document = row.submission["documents"][0]
    assert (document["kind"], document["issuer"]) == ("employer_letter", "King Salman Hospital")
    assert (await look(member.registration_number, now=NOW)).draft is None


async def test_next_pressed_again_leads_to_the_same_request(browser: httpx.AsyncClient) -> None:
    """Twice, from a page that the browser kept, and in the pages that lead there."""
    await holder(browser)
    await write(browser)
    shown = await browser.get(REVIEW)
    body = hidden_fields(shown.text, REVIEW) | {"sure": "yes"}

    answers = [await browser.post(REVIEW, data=body, headers=OURS) for _ in range(3)]

    (location,) = {answer.headers["location"] for answer in answers}
    assert {answer.status_code for answer in answers} == {303}
    request = location.removesuffix("/sent")
    for page in (TASKS, REVIEW, LETTER, LETTER_FILE):
        assert (await browser.get(page)).headers["location"] == request
    assert (await press(browser, "/home", {}, action="/sign-out")).status_code == 303


async def test_a_second_window_is_told_and_sends_nothing(browser: httpx.AsyncClient) -> None:
    """What was reviewed is what is sent; a document saved in between keeps both texts."""
    await holder(browser)
    await write(browser)
    review, form = await browser.get(REVIEW), await browser.get(LETTER)
    await fill(browser, LETTER, issuer="Another Hospital")

    body = hidden_fields(review.text, REVIEW) | {"sure": "yes"}
    pressed = await browser.post(REVIEW, data=body, headers=OURS)
    boxes = boxes_of(form.text) | {"issuer": "A third one"}
    kept = await browser.post(LETTER, data=boxes, headers=OURS)

    assert pressed.status_code == 409
    assert "Another Hospital" in pressed.text
    assert kept.status_code == 409
    assert "A third one" in kept.text


async def test_without_the_declaration_nothing_is_sent(browser: httpx.AsyncClient) -> None:
    """Its sentence is said, and the draft is as it was."""
    member = await holder(browser)
    await write(browser)

    answer = await press(browser, REVIEW, {})

    assert answer.status_code == 422
    assert "confirm that they are correct" in answer.text
    assert (await look(member.registration_number, now=NOW)).draft is not None


async def test_wrong_particulars_are_kept_and_told(browser: httpx.AsyncClient) -> None:
    """A letter that is too old, from nobody, on no day."""
    await holder(browser)
    await press(browser, NEEDS, {})

    answers = [
        await fill(browser, LETTER, issuer=issuer, **_day(day, month, year))
        for issuer, day, month, year in [
            ("", "", "", ""),
            ("Hospital", "31", "2", "2026"),
            ("Hospital", "1", "1", "2026"),
            ("Hospital", "1", "1", "2030"),
            ("\x00\ud800".encode("utf-8", "replace").decode() + "x" * 10_000, "1", "11", "2026"),
            ("Hospital", "1", "", "2026"),
        ]
    ]
    tasks = await browser.get(TASKS)

    assert [answer.status_code for answer in answers] == [422] * 6
    assert 'value="31"' in answers[1].text
    assert "Enter a day, a month and a year" in answers[5].text
    assert 'href="#issued_on-day"' in answers[2].text
    assert "To correct" in tasks.text
    assert (await browser.get(REVIEW)).text.count('type="checkbox"') == 0


async def test_days_may_be_typed_in_hijri(browser: httpx.AsyncClient) -> None:
    """With Arabic digits and a month's name; the review says them in both calendars."""
    await holder(browser)
    await press(browser, NEEDS, {})

    answer = await fill(
        browser,
        LETTER,
        issuer="مستشفى الملك سلمان",
        issued_on__day="١٠",
        issued_on__month="جمادى الأولى",
        issued_on__year="١٤٤٨",
        issued_on__calendar="hijri",
    )
    review = await browser.get(REVIEW)

    assert answer.status_code == 303, answer.text
    assert "October" in review.text
    assert "1448" in review.text


@pytest.mark.parametrize(
    ("facts", "asked"),
    [
        ({}, ["employer_letter"]),
        ({"nationality": "IN", "identity_kind": "iqama"}, ["employer_letter", "residence_card"]),
        ({"birth_date": date(1955, 1, 1)}, ["employer_letter", "medical_report"]),
    ],
    ids=["a Saudi", "a resident", "above the age"],
)
async def test_only_what_policy_asks_of_this_person_is_a_task(
    browser: httpx.AsyncClient, facts: dict[str, object], asked: list[str]
) -> None:
    """Of a residence card no file is taken: its page is not there."""
    await holder(browser, **facts)
    await press(browser, NEEDS, {})

    tasks = await browser.get(TASKS)
    pages = {
        kind: (await browser.get(f"/renewal/document/{kind}")).status_code
        for kind in ("employer_letter", "residence_card", "medical_report", "identity", "nothing")
    }

    assert re.findall(r'href="/renewal/document/([a-z_]+)', tasks.text) == asked
    assert {kind for kind, status in pages.items() if status == 200} == set(asked)
    files = [await browser.get(f"/renewal/file/{kind}") for kind in asked]
    takes = {kind: answer.status_code for kind, answer in zip(asked, files, strict=True)}
    assert takes.pop("residence_card", 404) == 404
    assert set(takes.values()) == {200}


async def test_a_residence_card_is_its_particulars_alone(browser: httpx.AsyncClient) -> None:
    """With its last day; without one it is told."""
    await holder(browser, nationality="IN", identity_kind="iqama")
    await write(browser)
    page = "/renewal/document/residence_card"

    refused = await fill(browser, page, issuer="Passports", **_day("1", "1", "2026"))
    ends = {
        f"expires_on__{box}": text for box, text in zip(_BOXES, ("1", "1", "2028"), strict=True)
    }
    kept = await fill(browser, page, issuer="Passports", **_day("1", "1", "2026"), **ends)

    assert refused.status_code == 422
    assert (kept.status_code, kept.headers["location"]) == (303, TASKS)
    assert await sent_code(browser, REVIEW)


@pytest.mark.parametrize("name", ["empty.pdf", "a-program.pdf", "password.pdf", "cut-off.pdf"])
async def test_a_file_that_is_refused_is_told_beside_its_box(
    browser: httpx.AsyncClient, name: str
) -> None:
    """One sentence, and the renewal names no file."""
    member = await holder(browser)
    await press(browser, NEEDS, {})

    answer = await send_file(browser, (REFUSED / name).read_bytes())

    assert answer.status_code == 422
    assert 'id="document-error"' in answer.text
    assert (await look(member.registration_number, now=NOW)).content == {}


async def test_a_form_without_a_file_or_of_another_page_is_refused(
    browser: httpx.AsyncClient,
) -> None:
    """No file, no form at all, no token, another site; nothing is kept."""
    member = await holder(browser)
    await press(browser, NEEDS, {})
    shown = await browser.get(LETTER_FILE)
    token = hidden_fields(shown.text, LETTER_FILE)
    file = {"document": ("letter.pdf", PDF.read_bytes(), "application/pdf")}

    nothing = await browser.post(LETTER_FILE, data=token, headers=OURS)
    no_token = await browser.post(LETTER_FILE, files=file, headers=OURS)
    elsewhere = await browser.post(
        LETTER_FILE, data=token, files=file, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert nothing.status_code == 415
    assert (no_token.status_code, elsewhere.status_code) == (403, 403)
    assert (await look(member.registration_number, now=NOW)).content == {}


async def test_another_file_takes_the_place_of_the_first(browser: httpx.AsyncClient) -> None:
    """The first one is replaced, as nobody asks for it any more."""
    member = await holder(browser)
    await write(browser)
    first = await _upload(member)

    await send_file(browser, PDF.read_bytes())

    second = await _upload(member)
    assert second.id != first.id
    async with transaction() as session:
        assert (await find_upload(session, first.id)).state is DocumentState.REPLACED


async def test_a_document_is_taken_out_with_its_file(browser: httpx.AsyncClient) -> None:
    """Pressed again it is the same; from another site nothing happens."""
    member = await holder(browser)
    await write(browser)
    tasks = await browser.get(TASKS)
    body = hidden_fields(tasks.text, "/renewal/remove/employer_letter")
    elsewhere = {"Sec-Fetch-Site": "cross-site"}

    crossed = await browser.post("/renewal/remove/employer_letter", data=body, headers=elsewhere)
    kept = (await look(member.registration_number, now=NOW)).content
    answers = [
        await browser.post("/renewal/remove/employer_letter", data=body, headers=OURS)
        for _ in range(2)
    ]

    assert crossed.status_code == 403
    assert "employer_letter" in kept
    assert [each.headers["location"] for each in answers] == [TASKS] * 2
    assert (await look(member.registration_number, now=NOW)).content == {}
    assert "Not started" in (await browser.get(TASKS)).text


async def test_a_renewal_is_discarded_on_a_page_that_asks_once(
    browser: httpx.AsyncClient,
) -> None:
    """Pressed again it is the same; from another site nothing happens."""
    member = await holder(browser)
    await write(browser)
    asked = await browser.get("/renewal/discard")
    body = hidden_fields(asked.text, "/renewal/discard")

    crossed = await browser.post(
        "/renewal/discard", data=body, headers={"Sec-Fetch-Site": "cross-site"}
    )
    kept = (await look(member.registration_number, now=NOW)).draft
    answers = [await browser.post("/renewal/discard", data=body, headers=OURS) for _ in range(2)]

    assert "Your card and your details on file stay as they are" in asked.text
    assert crossed.status_code == 403
    assert kept is not None
    assert [each.headers["location"] for each in answers] == ["/renewal"] * 2
    assert (await look(member.registration_number, now=NOW)).draft is None


async def test_a_draft_is_kept_for_as_long_as_policy_says(
    browser: httpx.AsyncClient, clock: Clock
) -> None:
    """And then nobody is shown it."""
    member = await holder(browser, expires_on=TODAY + timedelta(days=60))
    await write(browser)

    kept = await look(member.registration_number, now=NOW + timedelta(days=29))
    gone = await look(member.registration_number, now=NOW + timedelta(days=30))

    assert (kept.draft is not None, gone.draft) == (True, None)


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_what_is_to_be_paid_stands_on_the_requests_page(
    browser: httpx.AsyncClient, tmp_path: Path, language: str
) -> None:
    """The facts of the e-mail: the bill's number, its amount, until when, and how to pay."""
    await register_people()  # the officers
    await holder(browser)
    with policy_with(tmp_path, PAID_FIRST):
        await write(browser)
        code = await sent_code(browser, REVIEW)
        bill = await _billed(code)
        shown = await browser.get(f"/requests/{code}?lang={language}")
        payment = current_policy().payment

    how = payment.how_to_pay_ar if language == "ar" else payment.how_to_pay_en
    day = last_day((await load_request(code)).closes_at or NOW)
    for fact in (bill.number, money_of(bill).formatted(language), how):
        assert fact in shown.text
    assert f"{day.day}\u00a0" in shown.text
    assert f"\u00a0{day.year}" in shown.text


async def test_a_bill_that_is_not_issued_yet_is_said_to_come(
    browser: httpx.AsyncClient, tmp_path: Path
) -> None:
    """Operations set an amount that policy does not hold; until then there is none to show."""
    await register_people()
    await holder(browser, rank="visiting")
    with policy_with(tmp_path, PAID_FIRST):
        await write(browser)
        code = await sent_code(browser, REVIEW)
        await _asked_for_payment(code)
        shown = await browser.get(f"/requests/{code}")

    assert "The bill has not been issued yet" in shown.text
    assert "How to pay" not in shown.text


_BOXES = ("day", "month", "year")


def _day(*texts: str) -> dict[str, str]:
    return {f"issued_on__{box}": text for box, text in zip(_BOXES, texts, strict=True)}


async def _upload(member: Member) -> Upload:
    renewal = await look(member.registration_number, now=NOW)
    async with transaction() as session:
        return await find_upload(session, renewal.content["employer_letter"]["id"])


async def _billed(code: str) -> Bill:
    """Approved, with its reference and its bill."""
    await _asked_for_payment(code)
    row = await load_request(code)
    async with transaction() as session:
        bill = await bill_of(session, row.id)
    assert bill is not None
    return bill


async def _asked_for_payment(code: str) -> None:
    """Approved, with its reference; where policy holds its fee, it is billed."""
    await validate.task.fn(code)
    await decide(code, Ruling(verdict=Verdict.APPROVE, officer="amal"), now=NOW)
    await issue_reference.task.fn(code)
    await ask_for_payment.task.fn(code)
