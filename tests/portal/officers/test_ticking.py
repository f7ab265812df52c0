"""The boxes of a case's page, which an officer ticks before an approval."""

from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from desk.requests.claims import claim, release
from desk.requests.review import Ruling, decide
from models.access_log import Looked
from models.database import transaction
from models.ticks import Tick
from rules.accounts.kinds import Role
from rules.requests.statuses import Status
from rules.requests.verdicts import Verdict
from support.accounts import OURS, hidden_fields, press
from support.at_the_desk import boxes_of, decisions, looks, row_of, taken, ticked
from support.desk_cases import case_with_letter
from support.policies import policy_with
from support.requests import NOW, request_at_gate
from support.staff import Staff

from .conftest import signed_in

ALL = {"specialty", "certificates", "documents[0]"}


async def kept() -> set[str]:
    """What anybody has ticked."""
    async with transaction() as session:
        return set((await session.exec(select(Tick.what))).all())


async def test_what_must_be_looked_at_has_a_box(browser: httpx.AsyncClient, officer: Staff) -> None:
    """Once the case is one's own; each says what it is about to whoever only hears it."""
    code = await request_at_gate()
    before = (await browser.get(f"/desk/cases/{code}")).text
    case = await taken(browser)

    shown = (await browser.get(case)).text

    assert boxes_of(before) == {}
    assert boxes_of(shown) == dict.fromkeys(ALL, False)
    assert 'Looked at<span class="unseen">: Specialty</span>' in shown
    assert 'Looked at<span class="unseen">: Employer\'s introduction letter</span>' in shown


async def test_what_is_saved_is_ticked_the_next_time(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """And taken off again by saving without it."""
    await request_at_gate()
    case = await taken(browser)

    saved = await ticked(browser, case, {"specialty", "certificates"})
    later = boxes_of((await browser.get(case)).text)
    await ticked(browser, case, {"certificates"})

    assert saved.headers["location"].startswith(case)
    assert {name for name, is_ticked in later.items() if is_ticked} == {"specialty", "certificates"}
    assert await kept() == {"certificates"}


async def test_approve_leads_on_once_all_is_ticked(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Without another press, and without another line of the access log."""
    await request_at_gate()
    case = await taken(browser)
    await browser.get(case)
    before = len(await looks(Looked.CASE))

    answer = await ticked(browser, case, ALL, "approve")

    assert answer.headers["location"].startswith(f"{case}/decide/approve")
    # The page on which the boxes were.
    assert len(await looks(Looked.CASE)) == before + 1
    assert 'value="decide"' in (await browser.get(f"{case}/decide/approve")).text


async def test_the_list_that_is_worked_through_goes_along(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Whoever filters works through what they filtered."""
    await request_at_gate()
    case = await taken(browser)

    answer = await ticked(browser, f"{case}?kind=profile_update", ALL, "approve")

    assert answer.headers["location"].startswith(f"{case}/decide/approve?")
    assert "kind=profile_update" in answer.headers["location"]


async def test_what_is_not_ticked_is_named_with_a_way_to_its_box(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """What is ticked stays ticked."""
    await request_at_gate()
    case = await taken(browser)

    answer = await ticked(browser, case, {"specialty"}, "approve")

    assert answer.status_code == 422
    assert "Before you approve, look at these and tick them:" in answer.text
    assert '<a href="#tick-documents[0]">Employer&#39;s introduction letter</a>' in answer.text
    assert '<a href="#tick-certificates">Certificates</a>' in answer.text
    assert "#tick-specialty" not in answer.text
    assert answer.text.count('aria-invalid="true"') == 2
    assert await kept() == {"specialty"}


async def test_whoever_knows_the_approval_s_address_is_told_the_same(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """No e-mail, no button; nor does a press help."""
    code = await request_at_gate()
    case = await taken(browser)
    await ticked(browser, case, {"specialty"})
    page = f"{case}/decide/approve"

    shown = await browser.get(page)
    hidden = hidden_fields(shown.text, page)
    pressed = await browser.post(page, data={**hidden, "step": "decide"}, headers=OURS)

    for answer in (shown, pressed):
        assert answer.status_code == 422
        assert "Employer&#39;s introduction letter" in answer.text
        assert 'value="decide"' not in answer.text
    assert await decisions(code) == []


async def test_a_digest_of_ours_does_not_pass_by_the_ticks(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Shown when all was ticked, pressed when it is not any more."""
    code = await request_at_gate()
    case = await taken(browser)
    await ticked(browser, case)
    page = f"{case}/decide/approve"
    hidden = hidden_fields((await browser.get(page)).text, page)
    await ticked(browser, case, {"specialty"})

    answer = await browser.post(page, data={**hidden, "step": "decide"}, headers=OURS)

    assert answer.status_code == 422
    assert (await row_of(code)).status == Status.UNDER_REVIEW
    assert await decisions(code) == []


async def test_noting_what_a_document_shows_ticks_it(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """The way there keeps the other ticks; a document of another name is not found."""
    code, letter = await case_with_letter(officer.user_name)
    case = f"/desk/cases/{code}"

    answer = await ticked(browser, case, {"specialty"}, f"read-{letter.id}")
    unknown = await ticked(browser, case, {"specialty"}, "read-../../account")
    await press(browser, f"{case}/documents/{letter.id}", {"how": "as_stated"})

    assert answer.headers["location"].startswith(f"{case}/documents/{letter.id}")
    assert unknown.status_code == 404
    assert await kept() == {"specialty", "documents[0]"}


async def test_the_other_language_keeps_what_is_chosen_and_saves_nothing(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Whoever has ticked three boxes does not tick them again."""
    await request_at_gate()
    case = await taken(browser)
    hidden = hidden_fields((await browser.get(case)).text, case)
    data = {**hidden, "tick": ["specialty"], "switch": "yes"}

    answer = await browser.post(f"{case}?lang=ar", data=data, headers=OURS)

    assert 'lang="ar"' in answer.text
    assert boxes_of(answer.text) == dict.fromkeys(ALL, False) | {"specialty": True}
    assert await kept() == set()


@pytest.mark.parametrize("forged", [{"csrf": "x"}, {"csrf": ""}])
async def test_a_form_that_is_not_ours_keeps_nothing(
    browser: httpx.AsyncClient, officer: Staff, forged: dict[str, str]
) -> None:
    """It is shown again as it was sent."""
    await request_at_gate()
    case = await taken(browser)
    hidden = hidden_fields((await browser.get(case)).text, case)

    answer = await browser.post(case, data={**hidden, "tick": ["specialty"], **forged})

    assert answer.status_code == 403
    assert boxes_of(answer.text)["specialty"]
    assert await kept() == set()


async def test_a_round_that_was_not_shown_is_not_ticked(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """The case's page says what it is now."""
    await request_at_gate()
    case = await taken(browser)
    hidden = hidden_fields((await browser.get(case)).text, case)

    for round_ in ("9", "", "x"):
        data = {**hidden, "tick": list(ALL), "round": round_}
        answer = await browser.post(case, data=data, headers=OURS)
        assert answer.headers["location"] == case
    assert await kept() == set()


async def test_what_a_colleague_has_is_theirs(
    browser: httpx.AsyncClient, other: httpx.AsyncClient, officer: Staff
) -> None:
    """Taken over meanwhile: nothing is kept, and the page says who has it."""
    code = await request_at_gate()
    case = await taken(browser)
    hidden = hidden_fields((await browser.get(case)).text, case)
    supervisor = await signed_in(other, Role.SUPERVISOR)
    await release(code, officer.user_name, now=NOW)
    await claim(code, supervisor.user_name, now=NOW)

    answer = await browser.post(case, data={**hidden, "tick": list(ALL)}, headers=OURS)
    shown = (await browser.get(case)).text

    assert answer.headers["location"] == case
    assert f"{supervisor.user_name}</bdi> is working on this case" in shown
    assert boxes_of(shown) == {}
    assert await kept() == set()


async def test_what_is_decided_meanwhile_is_not_ticked(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """By the command, say."""
    code = await request_at_gate()
    case = await taken(browser)
    hidden = hidden_fields((await browser.get(case)).text, case)
    ruling = Ruling(verdict=Verdict.REJECT, officer=officer.user_name, reason_code="not_eligible")
    await decide(code, ruling, now=NOW)

    answer = await browser.post(case, data={**hidden, "tick": list(ALL)}, headers=OURS)

    assert answer.headers["location"] == case
    assert await kept() == set()


async def test_where_policy_asks_for_none_there_are_no_boxes(
    browser: httpx.AsyncClient, officer: Staff, tmp_path: Path
) -> None:
    """And the approval is one press away."""
    await request_at_gate()
    case = await taken(browser)

    with policy_with(tmp_path, ("approve_needs_ticks = true", "approve_needs_ticks = false")):
        shown = (await browser.get(case)).text
        asked = await browser.get(f"{case}/decide/approve")

    assert boxes_of(shown) == {}
    assert f'href="{case}/decide/approve?lang=en"' in shown
    assert 'value="decide"' in asked.text
