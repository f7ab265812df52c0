"""Correcting, withdrawing, asking for the link anew: on one's own request alone."""

import httpx
import pytest

from desk.drafts.update import look
from desk.requests.activation import use
from desk.requests.waiting import load_request
from models.database import transaction
from models.links import LinkPurpose
from models.requests import find_request
from rules.findings.problems import problem
from rules.requests.statuses import Status
from support.accounts import OURS, Member, hidden_fields, press, sign_in_as, with_password
from support.pages import boxes_of, fill
from support.people import contact_change, specialty_change
from support.requests import (
    NOW,
    request_at_gate,
    request_awaiting_activation,
    returned_request,
)


async def returned(member: Member, *fields: str) -> str:
    """A request of theirs that an officer returned, with a note."""
    return await returned_request(member.registration_number, *fields)


async def waiting(member: Member) -> str:
    """A request of theirs that waits for its link."""
    submission = contact_change(
        registration_number=member.registration_number,
        idempotency_key=member.registration_number,
    )
    return (await request_awaiting_activation(submission))[0]


async def test_only_what_was_marked_is_corrected(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """The officer's words stand beside it, with what is on file; the rest is there to read."""
    code = await returned(member, "specialty")

    shown = await browser.get(f"/requests/{code}/correct")
    began = await press(browser, f"/requests/{code}/correct", {})
    details = (await browser.get("/update/details")).text
    page = (await browser.get("/update/edit/professional")).text
    closed = await browser.get("/update/edit/contact")

    assert "does not match the document" in shown.text
    assert "See page 2 &lt;b&gt;" in shown.text
    assert began.headers["location"] == "/update/details"
    assert details.count("/update/edit/professional") == 1
    assert "/update/edit/contact" not in details
    assert "/update/add/certificate" not in details
    assert boxes_of(page).keys() == {"csrf", "seen", "specialty"}
    assert boxes_of(page)["specialty"] == "critical care"
    assert "does not match the document" in page
    assert "On file: nursing" in page
    assert "senior specialist" in page
    assert boxes_of(closed.text).keys() == {"csrf", "seen"}


async def test_a_correction_is_sent_as_the_same_request(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """What was not marked stays, also where a browser sends more than its page has."""
    code = await returned(member, "specialty")
    await press(browser, f"/requests/{code}/correct", {})
    page = boxes_of((await browser.get("/update/edit/professional")).text)
    await browser.post(
        "/update/edit/professional",
        data=page | {"specialty": "intensive care", "rank": "consultant"},
        headers=OURS,
    )

    answer = await press(browser, "/update/review", {"sure": "yes"})

    row = await load_request(code)
    assert answer.headers["location"] == f"/requests/{code}/sent"
    assert (row.status, row.round) == (Status.SUBMITTED, 2)
    assert row.submission["changes"]["specialty"] == "intensive care"
    assert row.submission["changes"]["rank"] == "senior specialist"
    assert len(row.submission["certificates"]) == 1


async def test_what_waits_for_no_correction_leads_to_its_page(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Read or pressed."""
    code = await waiting(member)

    shown = await browser.get(f"/requests/{code}/correct")
    home = await browser.get("/home")
    pressed = await browser.post(
        f"/requests/{code}/correct",
        data=hidden_fields(home.text, "/sign-out"),
        headers=OURS,
    )

    assert shown.headers["location"] == pressed.headers["location"] == f"/requests/{code}"


async def test_a_request_is_withdrawn_once_it_was_asked(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Pressed again it is the same; the page of the request links to the question."""
    code = await request_at_gate(
        specialty_change(
            NOW.date(),
            registration_number=member.registration_number,
            idempotency_key=member.registration_number,
        )
    )
    page = await browser.get(f"/requests/{code}")
    answer = await press(browser, f"/requests/{code}/withdraw", {})
    again = await press(browser, f"/requests/{code}/withdraw", {})

    assert f"/requests/{code}/withdraw" in page.text
    assert answer.headers["location"] == again.headers["location"] == f"/requests/{code}"
    assert (await load_request(code)).status == Status.WITHDRAWN


async def test_what_is_approved_is_not_withdrawn_here(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """And the page says why."""
    code = await waiting(member)

    answer = await press(browser, f"/requests/{code}/withdraw", {})

    assert answer.status_code == 409
    assert "cannot be withdrawn" in answer.text
    assert (await load_request(code)).status == Status.AWAITING_ACTIVATION


async def test_the_link_is_sent_anew_as_often_as_policy_allows(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Then it says from when."""
    code = await waiting(member)
    page = f"/requests/{code}"

    answers = [await press(browser, page, {}, action=f"{page}/resend") for _ in range(5)]
    shown = await browser.get(f"{page}/resent")

    assert [each.status_code for each in answers] == [303, 303, 303, 429, 429]
    assert "Retry-After" in answers[-1].headers
    assert "asked for too many links" in answers[-1].text
    assert "new link is on its way" in shown.text


async def test_a_mistyped_address_is_corrected_in_a_new_request(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """It asks once and says what comes of it; pressed again, it leads to the same page."""
    code, path = await waiting(member), "/update/edit/contact"
    mine = await browser.get(f"/requests/{code}")
    shown = await browser.get(f"/requests/{code}/address")
    hidden = hidden_fields(shown.text, f"/requests/{code}/address")

    answers = [
        await browser.post(f"/requests/{code}/address", data=hidden, headers=OURS) for _ in range(2)
    ]
    page = await browser.get(path)
    again = await browser.get(f"/requests/{code}/address")

    assert f'href="/requests/{code}/address?lang=en"' in mine.text
    assert member.email in shown.text.replace("<wbr>", "")
    assert "its activation link stops working" in shown.text
    assert [answer.headers["location"] for answer in answers] == [path, path]
    assert boxes_of(page.text)["mobile"] == "0551112233"
    assert again.headers["location"] == f"/requests/{code}"
    assert (await load_request(code)).status == Status.WITHDRAWN


async def test_what_is_active_is_not_corrected_here(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """The link was pressed while the page stood open: it says what is left to do."""
    submission = contact_change(
        registration_number=member.registration_number,
        idempotency_key=member.registration_number,
    )
    code, token = await request_awaiting_activation(submission)
    shown = await browser.get(f"/requests/{code}/address")
    await use(token, LinkPurpose.ACTIVATE, now=NOW)

    answer = await browser.post(
        f"/requests/{code}/address",
        data=hidden_fields(shown.text, f"/requests/{code}/address"),
        headers=OURS,
    )

    assert answer.status_code == 409
    assert "use the link that we e-mailed to your earlier address" in answer.text
    assert "danger" not in answer.text


@pytest.mark.parametrize("act", ["correct", "withdraw", "resend", "resent", "sent", "address"])
async def test_the_request_of_somebody_else_is_not_there(
    browser: httpx.AsyncClient, member: Member, act: str
) -> None:
    """Nor one that nobody has; nothing happens to it."""
    code = await waiting(await with_password())
    home = await browser.get("/home")

    answers = [
        await browser.request(
            method,
            f"/requests/{each}/{act}",
            data=hidden_fields(home.text, "/sign-out") if method == "POST" else None,
            headers=OURS if method == "POST" else {},
        )
        for each in (code, "0000-0000", "nonsense")
        for method in ("GET", "POST")
    ]

    assert {answer.status_code for answer in answers} <= {404, 405}
    assert 404 in {answer.status_code for answer in answers}
    assert (await load_request(code)).status == Status.AWAITING_ACTIVATION


@pytest.mark.parametrize("act", ["correct", "withdraw", "resend", "address"])
async def test_a_press_from_another_site_does_nothing(
    browser: httpx.AsyncClient, member: Member, act: str
) -> None:
    """And shows the page again."""
    waits = act in {"resend", "address"}
    code = await waiting(member) if waits else await returned(member, "specialty")
    page = f"/requests/{code}/{act}" if act != "resend" else f"/requests/{code}"
    before = (await load_request(code)).status

    answer = await press(
        browser,
        page,
        {},
        action=f"/requests/{code}/{act}",
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403
    assert (await load_request(code)).status == before


async def test_somebody_else_may_go_on_in_the_same_browser(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """And sees nothing of what the one before them typed."""
    await fill(browser, "/update/edit/contact", mobile="0551112233")
    await press(browser, "/home", {}, action="/sign-out")
    other = await with_password(preferred_language="en")
    await sign_in_as(browser, other)

    page = await browser.get("/update/edit/contact")

    assert boxes_of(page.text)["email"] == other.email
    assert boxes_of(page.text)["mobile"] != "0551112233"
    assert member.registration_number not in page.text


async def test_the_officers_words_stand_beside_each_certificate_that_is_marked(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """With what was sent before; documents too, of which others may be needed by now."""
    code = await returned(member, "certificates", "documents")
    await press(browser, f"/requests/{code}/correct", {})
    await fill(browser, "/update/edit/certificate-1", title="Other course")
    day = {"issued_on__day": "1", "issued_on__month": "11", "issued_on__year": "2026"}
    await fill(browser, "/update/edit/document-1", issuer="Another Hospital", **day)

    details = await browser.get("/update/details")
    certificate = await browser.get("/update/edit/certificate-1")
    document = await browser.get("/update/edit/document-1")

    assert details.text.count("does not match the document") == 2
    for page, before in ((certificate, "Critical care course"), (document, "King Salman Hospital")):
        assert "does not match the document" in page.text
        assert before in page.text[page.text.index("What you sent before") :]


@pytest.mark.parametrize("marked", ["certificates[0].cpd_hours", "certificates.0.title"])
async def test_a_certificate_that_the_checks_marked_can_be_changed_alone(
    browser: httpx.AsyncClient, member: Member, marked: str
) -> None:
    """Beside its box; no other is added, and one that is not marked is not taken out."""
    code = await returned(member, "rank")
    await marked_by_checks(code, marked)
    await press(browser, f"/requests/{code}/correct", {})
    page = await browser.get("/update/edit/certificate-1")
    await marked_by_checks(code, "rank")
    closed = await browser.get("/update/edit/certificate-1")
    details = await browser.get("/update/details")
    body = hidden_fields(details.text, "/sign-out")

    removed = await browser.post("/update/remove/certificate-1", data=body, headers=OURS)

    assert f'id="{marked.rpartition(".")[2]}-note"' in page.text
    assert boxes_of(page.text)["title"] == "Critical care course"
    assert boxes_of(closed.text).keys() == {"csrf", "seen"}
    assert removed.status_code == 404
    kept = await look(member.registration_number, now=NOW)
    assert "certificate-1" in kept.content


async def marked_by_checks(code: str, field: str) -> None:
    """What the request's checks have marked, in the place of the officer's marks."""
    async with transaction() as session:
        row = await find_request(session, code, lock=True)
        row.corrections = [problem("empty", field).to_json()]
