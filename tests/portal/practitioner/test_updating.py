"""A profile update, page by page, as a browser without scripts sends it."""

from html import unescape

import httpx
import pytest

from desk.accounts.counting import TooManyTries, count_other_number
from desk.drafts.update import look
from desk.requests.waiting import load_request
from rules.profile_update.drafted import FIELDS, Section
from support.accounts import OURS, Member, hidden_fields, press, with_password
from support.pages import boxes_of, fill, sent_code
from support.policies import frozen_policy
from support.requests import NOW

DETAILS, REVIEW = "/update/details", "/update/review"


async def typed_by(member: Member) -> dict[str, dict[str, str]]:
    """What the draft holds, without parts in which nothing was typed."""
    written = await look(member.registration_number, now=NOW)
    return {part: dict(typed) for part, typed in written.content.items() if typed}


async def test_the_whole_way_from_the_number_to_the_code(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Search, details, one page, review, Next, a page with the code that can be opened again."""
    number = f"{member.registration_number[:2]}-{member.registration_number[2:]}"
    found = await press(browser, "/update", {"registration_number": number})
    kept = await fill(browser, "/update/edit/contact", mobile="٠٥٥١١١٢٢٣٣")
    review = await browser.get(REVIEW)
    code = await sent_code(browser, REVIEW)
    page = await browser.get(f"/requests/{code}/sent")

    assert (found.status_code, found.headers["location"]) == (303, DETAILS)
    assert (kept.status_code, kept.headers["location"]) == (303, f"{DETAILS}#contact")
    assert "+966551112233" in review.text
    assert page.status_code == 200
    assert code in page.text
    assert "Received" in page.text
    assert "30\u00a0November\u00a02026" in page.text
    row = await load_request(code)
    assert row.submission["changes"]["mobile"] == "٠٥٥١١١٢٢٣٣"
    assert await typed_by(member) == {}


async def test_next_pressed_again_leads_to_the_same_request(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Back and Next, twice, from a page that the browser kept; and without what was typed."""
    await fill(browser, "/update/edit/contact", mobile="0551112233")
    review = await browser.get(REVIEW)
    body = hidden_fields(review.text, REVIEW) | {"sure": "yes"}

    answers = [await browser.post(REVIEW, data=body, headers=OURS) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert await typed_by(member) == {}


async def test_only_one_s_own_number_is_found(
    browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, member: Member
) -> None:
    """Somebody else's reads as one that nobody has; the log names no number."""
    other = await with_password()

    answers = [
        await press(browser, "/update", {"registration_number": number})
        for number in (other.registration_number, "99999999")
    ]

    assert {answer.status_code for answer in answers} == {422}
    for answer in answers:
        assert "not found on your account" in answer.text
        assert member.registration_number not in answer.text
    assert "not its own" in caplog.text
    assert other.registration_number not in caplog.text


async def test_searches_for_other_numbers_are_counted(
    browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, member: Member
) -> None:
    """Beyond policy's number the page says until when to wait, and the log says who waits."""
    most = frozen_policy().accounts.other_numbers

    ended = [
        await press(browser, "/update", {"registration_number": f"8{number:07}"})
        for number in range(most + 3)
    ]

    assert [answer.status_code for answer in ended] == [422] * most + [429] * 3
    assert "You can search again after" in unescape(ended[-1].text)
    assert 0 < int(ended[-1].headers["Retry-After"]) <= 15 * 60
    assert 'value="80000012"' in ended[-1].text
    assert "waits until" in caplog.text
    own = await press(browser, "/update", {"registration_number": member.registration_number})
    assert own.status_code == 303


async def test_what_one_account_searches_holds_up_no_other(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """And the count ends by itself."""
    account, other = await member.account(), await (await with_password()).account()
    assert account
    assert other
    for _ in range(frozen_policy().accounts.other_numbers):
        await count_other_number(account.id, now=NOW)

    with pytest.raises(TooManyTries) as refusal:
        await count_other_number(account.id, now=NOW)
    await count_other_number(other.id, now=NOW)
    await count_other_number(account.id, now=refusal.value.again_at)


async def test_a_number_that_is_none_is_kept_as_typed(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """And said to be none."""
    answer = await press(browser, "/update", {"registration_number": '"><b>1'})

    assert answer.status_code == 422
    assert 'value="&#34;&gt;&lt;b&gt;1"' in answer.text
    assert "Error: Update member details" in unescape(answer.text)
    assert member.email not in answer.text


@pytest.mark.parametrize("section", list(Section))
async def test_a_page_that_is_sent_as_it_is_changes_nothing(
    browser: httpx.AsyncClient, member: Member, section: Section
) -> None:
    """What is on file stands in its boxes; the review says that nothing changed."""
    shown = await browser.get(f"/update/edit/{section}")
    answer = await fill(browser, f"/update/edit/{section}")
    review = await browser.get(REVIEW)

    assert len(boxes_of(shown.text)) >= len(FIELDS[section])
    assert answer.status_code == 303
    assert await typed_by(member) == {}
    assert "the same as those on file" in review.text
    assert 'name="sure"' not in review.text


@pytest.mark.parametrize(
    ("hostile", "said"),
    [
        ("a\x00b", "invisible character"),
        ("0551112233\u202e", None),
        ("=HYPERLINK(1)", "not a mobile number"),
        ("05511\r\n12233", "invisible character"),
        ("0551112233\t", "303"),
        ("<script>alert(1)</script>", "not a mobile number"),
        ("x" * 10_000, None),
        ("ع" * 10_000, None),
        ("", None),
    ],
)
async def test_hostile_text_is_kept_beside_its_mistake(
    browser: httpx.AsyncClient, member: Member, hostile: str, said: str | None
) -> None:
    """In the box, in the summary on top, and in the title; nothing of it becomes markup."""
    answer = await fill(browser, "/update/edit/contact", mobile=hostile)

    if answer.status_code == 303:
        assert hostile.strip().rstrip("\u202e") == "0551112233"
        return
    assert answer.status_code == 422
    assert '<a href="#mobile">' in answer.text
    assert 'aria-describedby="mobile-hint mobile-error" aria-invalid=true' in answer.text
    assert "<title>Error:" in answer.text
    assert "<script" not in answer.text
    assert said is None or said in answer.text
    kept = boxes_of((await browser.get("/update/edit/contact")).text)["mobile"]
    assert len(kept) == len(hostile.replace("\r\n", "\r\n"))


async def test_a_day_can_be_typed_in_either_calendar(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """With the month's name; both calendars are shown back."""
    answer = await fill(
        browser,
        "/update/edit/identity",
        birth_date__day="٢",
        birth_date__month="رمضان",
        birth_date__year="1408",
        birth_date__calendar="hijri",
    )
    details = (await browser.get(DETAILS)).text
    again = boxes_of((await browser.get("/update/edit/identity")).text)

    assert answer.status_code == 303
    assert "18\u00a0April\u00a01988" in details
    assert "2\u00a0Ramadan\u00a01408\u00a0AH" in details
    assert (again["birth_date-month"], again["birth_date-calendar"]) == ("رمضان", "hijri")


async def test_all_that_is_wrong_is_said_at_once(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """On the review, each with a link to its page; and the documents that are missing."""
    await fill(browser, "/update/edit/contact", mobile="1", email="nobody")
    await fill(browser, "/update/edit/employer", employer="")
    await fill(
        browser,
        "/update/add/certificate",
        title="",
        issuer="Saudi Heart Association",
        issued_on__day="30",
        issued_on__month="2",
        issued_on__year="2026",
        cpd_hours="many",
    )

    review = (await browser.get(REVIEW)).text

    summary = review[review.index('class="summary"') : review.index("</ul>")]
    for part in ("contact", "employer", "certificate-1"):
        assert f'href="#{part}"' in summary
    for sentence in (
        "not a mobile number",
        "not an e-mail address",
        "This field is required",
        "no such date",
        "Hours must be 0 or more",
        "Attach an introduction letter",
    ):
        assert sentence in summary
    assert 'name="sure"' not in review


async def test_certificates_and_experience_are_added_changed_and_removed(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Each on a page of its own."""
    day = {"issued_on__day": "1", "issued_on__month": "3", "issued_on__year": "2026"}
    added = await fill(
        browser, "/update/add/certificate", title="Course", issuer="A", cpd_hours="٧٫٥", **day
    )
    changed = await fill(browser, "/update/edit/certificate-1", title="Other course")
    page = (await browser.get(DETAILS)).text
    removed = await browser.post(
        "/update/remove/certificate-1",
        data=hidden_fields(page, "/update/remove/certificate-1"),
        headers=OURS,
    )

    assert [each.status_code for each in (added, changed, removed)] == [303, 303, 303]
    assert "Other course" in page
    assert "Employer&#39;s introduction letter" in page
    assert await typed_by(member) == {}


async def test_a_document_of_which_no_file_is_taken_is_its_particulars(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """And a request with everything it needs can be sent."""
    await fill(browser, "/update/edit/employer", employer="King Fahad Hospital")
    day = {"issued_on__day": "1", "issued_on__month": "11", "issued_on__year": "2026"}
    added = await fill(
        browser,
        "/update/add/document?kind=employer_letter",
        issuer="King Fahad Hospital",
        **day,
    )

    details = (await browser.get(DETAILS)).text

    assert added.status_code in {303, 422}
    assert "Employer&#39;s introduction letter" in details


async def test_of_two_windows_the_second_is_told_and_may_go_on(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """What was typed stays in the box; pressed again, it is saved knowingly."""
    path = "/update/edit/contact"
    one, two = boxes_of((await browser.get(path)).text), boxes_of((await browser.get(path)).text)
    await browser.post(path, data=one | {"mobile": "0551112233"}, headers=OURS)

    told = await browser.post(path, data=two | {"mobile": "0559998877"}, headers=OURS)
    stays = await typed_by(member)
    again = await browser.post(path, data=boxes_of(told.text), headers=OURS)

    assert told.status_code == 409
    assert "changed in another tab or window" in told.text
    assert stays == {"contact": {"mobile": "0551112233"}}
    assert again.status_code == 303
    assert await typed_by(member) == {"contact": {"mobile": "0559998877"}}


async def test_what_changed_after_the_review_is_reviewed_again(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Next in the one window, Continue in the other."""
    await fill(browser, "/update/edit/contact", mobile="0551112233")
    review = await browser.get(REVIEW)
    await fill(browser, "/update/edit/contact", mobile="0559998877")

    body = hidden_fields(review.text, REVIEW) | {"sure": "yes"}
    answer = await browser.post(REVIEW, data=body, headers=OURS)

    assert answer.status_code == 409
    assert "Review it again" in answer.text
    assert "+966559998877" in answer.text


async def test_nothing_is_sent_without_the_declaration(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """The review says so, and keeps everything."""
    await fill(browser, "/update/edit/contact", mobile="0551112233")

    answer = await press(browser, REVIEW, {})

    assert answer.status_code == 422
    assert "confirm that they are correct" in answer.text
    assert 'name="sure"' in answer.text
    assert await typed_by(member) == {"contact": {"mobile": "0551112233"}}


async def test_the_other_language_keeps_place_and_values(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """A press of the switch saves nothing and loses nothing."""
    path = "/update/edit/contact"
    boxes = boxes_of((await browser.get(path)).text) | {"mobile": "not yet", "switch": "yes"}

    answer = await browser.post(f"{path}?lang=ar", data=boxes, headers=OURS)

    assert answer.status_code == 200
    assert '<html lang="ar" dir="rtl">' in answer.text
    assert boxes_of(answer.text)["mobile"] == "not yet"
    assert f'action="{path}?lang=ar"' in answer.text
    assert await typed_by(member) == {}


async def test_a_form_from_elsewhere_is_shown_again_with_its_values(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Another site, an old browser, no token: nothing is saved."""
    path = "/update/edit/contact"
    crossed = await fill(browser, path, {"Sec-Fetch-Site": "cross-site"}, mobile="0551112233")
    old = await fill(browser, path, {"Origin": "null"}, mobile="0551112233")
    forged = await fill(browser, path, csrf="0" * 64, mobile="0551112233")

    for answer in (crossed, old, forged):
        assert answer.status_code == 403
        assert boxes_of(answer.text)["mobile"] == "0551112233"
    assert await typed_by(member) == {}


async def test_beside_an_open_request_the_pages_lead_to_it(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Nothing can be typed that could not be sent."""
    await fill(browser, "/update/edit/contact", mobile="0551112233")
    body = boxes_of((await browser.get("/update/edit/contact")).text)
    code = await sent_code(browser, REVIEW)

    details = await browser.get(DETAILS)
    review = await browser.get(REVIEW)
    late = await browser.post(
        "/update/edit/contact", data=body | {"mobile": "0559998877"}, headers=OURS
    )

    assert code in details.text
    assert "/update/edit/" not in details.text
    assert review.headers["location"] == f"/requests/{code}"
    assert late.headers["location"] == f"/requests/{code}"
    assert await typed_by(member) == {}


async def test_what_was_typed_can_be_discarded(browser: httpx.AsyncClient, member: Member) -> None:
    """On a page that asks once."""
    await fill(browser, "/update/edit/contact", mobile="0551112233")

    answer = await press(browser, "/update/discard", {})

    assert answer.headers["location"] == DETAILS
    assert await typed_by(member) == {}


@pytest.mark.parametrize("part", ["certificate-1", "nothing", "certificate-0", "contact.x", "%00"])
async def test_a_page_that_is_none_is_not_there(
    browser: httpx.AsyncClient, member: Member, part: str
) -> None:
    """Read or sent."""
    shown = await browser.get(f"/update/edit/{part}")
    sent = await browser.post(f"/update/edit/{part}", headers=OURS)

    assert shown.status_code == sent.status_code == 404
    assert await typed_by(member) == {}
