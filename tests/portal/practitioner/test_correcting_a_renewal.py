"""A returned renewal, corrected page by page."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from desk.drafts.renewal import look
from desk.requests.submission import accept
from desk.requests.waiting import load_request
from models.database import transaction
from models.requests import find_request
from rules.documents.states import DocumentState
from rules.findings.problems import problem
from rules.requests.statuses import Kind, Status
from support.accounts import OURS, Member, hidden_fields, press
from support.cards import renewal
from support.pages import boxes_of, fill, sent_code
from support.people import employer_letter
from support.portal import Clock
from support.renewing import (
    LETTER,
    LETTER_FILE,
    PDF,
    REVIEW,
    TASKS,
    TODAY,
    give_back,
    holder,
    returned,
    send_file,
)
from support.requests import NOW
from support.uploads import load_upload, name_a_shelf

CARD = {
    "kind": "residence_card",
    "issuer": "Passports",
    "issued_on": "2026-01-01",
    "expires_on": "2028-01-01",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where documents lie."""
    return name_a_shelf(tmp_path, monkeypatch)


async def handed_in(member: Member, *documents: dict[str, object]) -> str:
    """A renewal that came from elsewhere, with these documents."""
    submission = renewal(
        TODAY,
        registration_number=member.registration_number,
        idempotency_key=member.registration_number,
        documents=[employer_letter(TODAY), *documents],
    )
    return (await accept(Kind.CARD_RENEWAL, submission, now=NOW)).tracking_code


async def marked(code: str, *fields: str) -> None:
    """What the checks have marked, in the place of an officer's words."""
    async with transaction() as session:
        row = await find_request(session, code, lock=True)
        row.corrections = [problem("empty", field).to_json() for field in fields]


async def begin(browser: httpx.AsyncClient, code: str) -> None:
    """From the request's page to the list of tasks."""
    began = await press(browser, f"/requests/{code}/correct", {})
    assert (began.status_code, began.headers["location"]) == (303, TASKS)


async def test_the_request_leads_to_what_was_marked_and_what_was_sent(
    browser: httpx.AsyncClient,
) -> None:
    """The officer's words on each page of the document, beside what was sent before."""
    await holder(browser)
    code = await returned(browser)

    request = await browser.get(f"/requests/{code}")
    question = await browser.get(f"/requests/{code}/correct")
    await begin(browser, code)
    tasks, letter = await browser.get(TASKS), await browser.get(LETTER)
    file = await browser.get(LETTER_FILE)

    assert f'href="/requests/{code}/correct' in request.text
    for page in (question, tasks):
        assert "See page 2 &lt;b&gt;" in page.text
    for page in (question, tasks, letter, file):
        assert "The document is not accepted" in page.text
    for page in (letter, file):
        assert "What you sent before" in page.text
        assert "King Salman Hospital" in page.text
    assert boxes_of(letter.text)["issued_on-day"] == "1"
    assert "23\u00a0December\u00a02026" in tasks.text


async def test_a_correction_is_sent_as_the_same_request(browser: httpx.AsyncClient) -> None:
    """Once, however often Next is pressed, with another letter and its file."""
    member = await holder(browser)
    code = await returned(browser)
    first = (await load_request(code)).submission["documents"][0]["id"]
    await begin(browser, code)
    await fill(browser, LETTER, issuer="King Fahad Hospital")
    await send_file(browser, PDF.read_bytes())
    shown = await browser.get(REVIEW)
    body = hidden_fields(shown.text, REVIEW) | {"sure": "yes"}

    answers = [await browser.post(REVIEW, data=body, headers=OURS) for _ in range(3)]

    row = await load_request(code)
    assert {each.headers["location"] for each in answers} == {f"/requests/{code}/sent"}
    assert (row.status, row.round) == (Status.SUBMITTED, 2)
    (document,) = row.submission["documents"]
    assert document["issuer"] == "King Fahad Hospital"
    assert document["id"] != first
    assert (await load_upload(first)).state is DocumentState.REPLACED
    assert (await look(member.registration_number, now=NOW)).draft is None


async def test_only_what_was_marked_can_be_changed(browser: httpx.AsyncClient) -> None:
    """The rest is there to read, and stays also where a browser sends more than its pages have."""
    member = await holder(browser, nationality="IN", identity_kind="iqama")
    code = await handed_in(member, CARD)
    await give_back(code)
    await marked(code, "documents[1].issuer")
    await begin(browser, code)
    page = "/renewal/document/residence_card"

    tasks, card = await browser.get(TASKS), await browser.get(page)
    closed = [await browser.get(each) for each in (LETTER, LETTER_FILE)]
    body = boxes_of(card.text) | {"issuer": "Nobody"}
    refused = await browser.post(LETTER, data=body, headers=OURS)
    removed = await browser.post(
        "/renewal/remove/employer_letter",
        data=hidden_fields(tasks.text, "/renewal/remove/residence_card"),
        headers=OURS,
    )
    await fill(browser, page, issuer="Directorate of Passports")
    assert await sent_code(browser, REVIEW) == code

    assert "/renewal/document/employer_letter" not in tasks.text
    assert "As you sent it" in tasks.text
    assert 'id="issuer-note"' in card.text
    assert [each.status_code for each in (*closed, refused, removed)] == [404] * 4
    letter, changed = (await load_request(code)).submission["documents"]
    assert letter["issuer"] == "King Salman Hospital"
    assert letter["sha256"] == "ab" * 32
    assert changed["issuer"] == "Directorate of Passports"


async def test_what_the_rules_refuse_by_now_can_be_changed_too(
    browser: httpx.AsyncClient, clock: Clock
) -> None:
    """A letter that has grown too old meanwhile: the correction could not be sent with it."""
    member = await holder(browser, nationality="IN", identity_kind="iqama")
    code = await handed_in(member, CARD)
    await give_back(code)
    await marked(code, "documents[1].issuer")
    async with transaction() as session:
        row = await find_request(session, code, lock=True)
        old = TODAY - timedelta(days=100)
        letter, card = row.submission["documents"]
        documents = [letter | {"issued_on": old.isoformat()}, card]
        row.submission = {**row.submission, "documents": documents}

    await begin(browser, code)
    tasks = await browser.get(TASKS)
    typed = {"issued_on__day": "1", "issued_on__month": "11", "issued_on__year": "2026"}
    await fill(browser, LETTER, **typed)
    again = await browser.get(LETTER)

    assert "To correct" in tasks.text
    assert again.status_code == 200
    assert await sent_code(browser, REVIEW) == code


async def test_two_documents_of_a_kind_are_two_pages(browser: httpx.AsyncClient) -> None:
    """Handed in elsewhere; none is lost, and one can be taken out."""
    member = await holder(browser)
    second = employer_letter(TODAY) | {"issuer": "Another Hospital"}
    code = await handed_in(member, second)
    await give_back(code)
    await begin(browser, code)

    tasks = await browser.get(TASKS)
    both = (await look(member.registration_number, now=NOW)).parts
    page = await browser.get("/renewal/document/employer_letter-2")
    out = await press(browser, TASKS, {}, action="/renewal/remove/employer_letter")
    again = await browser.post(
        "/renewal/remove/employer_letter",
        data=hidden_fields(tasks.text, "/renewal/remove/employer_letter"),
        headers=OURS,
    )
    assert await sent_code(browser, REVIEW) == code

    assert both == ("employer_letter", "employer_letter-2")
    assert boxes_of(page.text)["issuer"] == "Another Hospital"
    assert out.headers["location"] == again.headers["location"] == TASKS
    (left,) = (await load_request(code)).submission["documents"]
    assert left["issuer"] == "Another Hospital"


async def test_what_the_submission_said_besides_is_kept(browser: httpx.AsyncClient) -> None:
    """The language of e-mails, which no page asks for."""
    member = await holder(browser)
    code = await handed_in(member)
    await give_back(code)
    await begin(browser, code)

    assert await sent_code(browser, REVIEW) == code

    assert (await load_request(code)).submission["preferred_language"] == "en"


async def test_a_correction_is_discarded_and_begun_again(browser: httpx.AsyncClient) -> None:
    """On a page that asks once; the request waits as before."""
    await holder(browser)
    code = await returned(browser)
    await begin(browser, code)
    await fill(browser, LETTER, issuer="King Fahad Hospital")

    asked = await browser.get("/renewal/discard")
    gone = await press(browser, "/renewal/discard", {})
    tasks = await browser.get(TASKS)
    await begin(browser, code)

    assert "The request stays as you sent it" in asked.text
    assert gone.headers["location"] == "/renewal"
    assert tasks.headers["location"] == f"/requests/{code}"
    assert boxes_of((await browser.get(LETTER)).text)["issuer"] == "King Salman Hospital"


async def test_a_round_that_is_over_is_not_corrected(browser: httpx.AsyncClient) -> None:
    """Its pages lead to the request; what was typed for it corrects nothing."""
    await holder(browser)
    code = await returned(browser)
    await begin(browser, code)
    form = await browser.get(LETTER)
    assert await sent_code(browser, REVIEW) == code

    kept = await browser.post(LETTER, data=boxes_of(form.text), headers=OURS)
    pages = [await browser.get(page) for page in (TASKS, LETTER, LETTER_FILE, REVIEW)]
    pages.append(await browser.get(f"/requests/{code}/correct"))

    assert {each.headers["location"] for each in (kept, *pages)} == {f"/requests/{code}"}


async def test_nothing_can_be_written_beside_a_returned_renewal(
    browser: httpx.AsyncClient,
) -> None:
    """It is corrected, or withdrawn, first."""
    member = await holder(browser)
    code = await returned(browser)

    answers = [await browser.get(page) for page in (TASKS, LETTER, REVIEW, "/renewal/discard")]
    pressed = await press(browser, "/home", {}, action="/sign-out")

    assert {each.headers["location"] for each in answers} == {f"/requests/{code}"}
    assert pressed.status_code == 303
    assert (await look(member.registration_number, now=NOW)).draft is None
