"""What an officer reads on a case's page, and what is kept from them."""

import re
from datetime import timedelta
from html import unescape

import httpx
import pytest

from desk.requests.claims import claim
from models.access_log import Looked
from models.database import transaction
from models.officers import Officer
from models.practitioners import find_practitioner
from rules.requests.statuses import Kind, Status
from support.accounts import press
from support.at_the_desk import decided, landed, looks, row_of, taken
from support.cards import give_card, renewal
from support.desk_cases import case_for_two
from support.newcomers import FROM_NOURA, known_officially, registration, registration_at_gate
from support.people import (
    NOURA,
    specialty_change,
)
from support.portal import Clock
from support.requests import NOW, rejected, request_at_gate, returned
from support.staff import Staff
from tasks.steps import validation

_BESIDE = re.compile(r"<dt>([^<]*)</dt><dd>(.*?)</dd>", re.DOTALL)


@pytest.mark.parametrize(
    ("verdict", "fields", "said"),
    [
        ("return", {"field-specialty": "yes"}, "Correct this as the officer&#39;s note explains."),
        ("reject", {}, "For another reason, explained in the officer&#39;s note."),
    ],
)
async def test_a_case_tells_why_it_was_decided(
    browser: httpx.AsyncClient,
    clock: Clock,
    officer: Staff,
    verdict: str,
    fields: dict[str, str],
    said: str,
) -> None:
    """In the verdict's own words: one code stands for two sentences."""
    await request_at_gate()
    case = await taken(browser)
    await decided(browser, case, verdict, {**fields, "reason": "other_see_note", "note": "Page 2"})
    await landed(browser, clock)

    shown = (await browser.get(case)).text

    for words in (said, "Page 2", officer.user_name):
        assert words in shown


EXPERIENCE = {
    "role": "Charge nurse",
    "employer": "King Fahad Hospital",
    "started_on": "2024-01-01",
    "cpd_hours": "3",
}


@pytest.mark.parametrize("ended", [{}, {"ended_on": "2025-06-30"}], ids=["goes on", "ended"])
async def test_a_case_shows_what_is_added(
    browser: httpx.AsyncClient, officer: Staff, ended: dict[str, str]
) -> None:
    """Certificates and experience, with their days and hours."""
    submission = specialty_change(NOW.date(), experience=[EXPERIENCE | ended])
    code = await request_at_gate(submission)

    shown = (await browser.get(f"/desk/cases/{code}")).text

    for words in ("Critical care course", "11 hours", "Charge nurse", "King Fahad Hospital"):
        assert words in shown
    assert ("30\xa0June\xa02025" in shown) == bool(ended)


async def test_a_renewal_s_case_shows_its_plan(browser: httpx.AsyncClient, officer: Staff) -> None:
    """Facts, where an update has changes."""
    await give_card(NOURA["registration_number"], expires_on=NOW.date() + timedelta(days=30))
    code = await request_at_gate(renewal(NOW.date()), kind=Kind.CARD_RENEWAL)

    shown = (await browser.get(f"/desk/cases/{code}")).text

    assert "Card renewal" in shown
    assert "2026-12-23" in shown


async def test_the_second_officer_hears_no_name_first(
    browser: httpx.AsyncClient,
    other: httpx.AsyncClient,
    clock: Clock,
    officer: Staff,
    second: Staff,
) -> None:
    """The first one's verdict is told after their own; the first one cannot approve twice."""
    code = await case_for_two()
    case = await taken(browser)
    await decided(browser, case, "approve", {})
    await landed(browser, clock)
    twice = await browser.get(f"{case}/decide/approve")
    await taken(other)

    before = (await other.get(case)).text
    await decided(other, case, "approve", {})
    await landed(other, clock)
    after = (await other.get(case)).text

    assert twice.status_code == 403
    assert (officer.user_name in before, officer.user_name in after) == (False, True)
    assert (await row_of(code)).status == Status.APPROVED


async def test_a_returned_case_says_that_its_clock_stands(
    browser: httpx.AsyncClient, officer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And how many days were used; before a return there is nothing to say."""
    monkeypatch.setattr(validation, "utc_now", lambda: NOW)
    code = await request_at_gate()
    before = (await browser.get(f"/desk/cases/{code}")).text
    await returned(code, at=NOW + timedelta(days=2))

    shown = (await browser.get(f"/desk/cases/{code}")).text

    said = "The clock stands while the applicant has it. Working days used: 2 of 5."
    assert (said in before, said in shown) == (False, True)


async def test_one_s_own_request_is_not_shown(browser: httpx.AsyncClient, officer: Staff) -> None:
    """Nor is it given by Next case, and no line says that it was looked at."""
    code = await request_at_gate()
    async with transaction() as session:
        own = await find_practitioner(session, NOURA["registration_number"])
        (await session.get_one(Officer, officer.user_name)).practitioner_id = own.id

    shown = await browser.get(f"/desk/cases/{code}")
    answer = await press(browser, "/desk", {}, action="/desk/next")

    assert shown.status_code == 403
    assert "Nothing waits for you now." in answer.text
    assert await looks(Looked.CASE) == []


async def test_a_claim_that_ran_out_is_shown_as_free(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Whoever comes back late takes it anew, or finds who has it."""
    code = await request_at_gate()
    await claim(code, officer.user_name, now=NOW - timedelta(minutes=31))

    shown = (await browser.get(f"/desk/cases/{code}")).text

    assert "Take this case" in shown
    assert "/decide/return" not in shown


async def test_what_is_decided_is_shown_and_cannot_be_acted_on(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Its pages lead back to it."""
    code = await request_at_gate()
    await rejected(code, NOW)
    case = f"/desk/cases/{code}"

    shown = await browser.get(case)
    aside = [await browser.get(f"{case}/{what}") for what in ("skip", "hold")]
    asked = await browser.get(f"{case}/decide/approve")

    assert "This request is not at the review gate." in shown.text
    assert {answer.headers["location"] for answer in aside} == {case}
    assert asked.status_code == 409


@pytest.mark.parametrize("code", ["AAAA-AAAA", "x", "..%2F..%2Fhome"])
async def test_an_unknown_case_is_not_found(
    browser: httpx.AsyncClient, officer: Staff, code: str
) -> None:
    """Whatever stands in its place."""
    assert (await browser.get(f"/desk/cases/{code}")).status_code == 404


async def test_whoever_may_be_the_same_person_stands_beside_who_registers(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Field by field, under the number that the officer can search for; what differs stands out."""
    await known_officially()
    await give_card(NOURA["registration_number"], expires_on=NOW.date() + timedelta(days=300))
    await registration_at_gate(registration(profile=FROM_NOURA))
    case = await taken(browser)

    shown = unescape((await browser.get(f"{case}?lang=en")).text)

    assert officer
    assert 'Compared with: <bdi dir="auto">20-104567</bdi>' in shown
    beside = dict(_BESIDE.findall(shown.partition('id="alike"')[2]))
    on_file = '<span class="hint">On the register as <bdi dir="ltr">20-104567</bdi>:</span>'
    same = '<span class="hint">the\xa0same</span>'
    assert f"{on_file} {same}" in beside["Date of birth"]
    assert f'{on_file} <bdi dir="auto">{NOURA["employer"]}</bdi>' in beside["Employer"]
    assert "Eastern Hospital" in beside["Employer"]
