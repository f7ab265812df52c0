"""Queues, Next case, and what an officer does with a case, as a browser meets it."""

from datetime import timedelta

import httpx
import pytest
from sqlmodel import select

from desk.requests.review import Ruling, decide
from models.access_log import Looked
from models.database import transaction
from models.review_desk import PassedOn, PutAside
from rules.accounts.kinds import Role
from rules.requests.statuses import Status
from rules.requests.verdicts import Origin, Verdict
from rules.values.dates import riyadh_day
from support.accounts import OURS, hidden_fields, press
from support.at_the_desk import decided, decisions, landed, looks, row_of, taken, ticked
from support.people import (
    NOURA,
    register_applicant,
    specialty_change,
)
from support.portal import Clock
from support.requests import NOW, request_at_gate
from support.staff import Staff

from .conftest import signed_in


async def test_next_case_is_claimed_and_shown(browser: httpx.AsyncClient, officer: Staff) -> None:
    """On file, new, and why it needs a person; the look is a line of the access log."""
    code = await request_at_gate()

    case = await taken(browser)
    shown = (await browser.get(case)).text

    assert case == f"/desk/cases/{code}"
    assert (await row_of(code)).claimed_by == officer.user_name
    for words in (NOURA["specialty"], "critical care nursing", "The specialty or the rank changes"):
        assert words in shown
    (line,) = await looks(Looked.CASE)
    assert line.viewer == officer.user_name


async def test_where_nothing_waits_the_desk_says_so(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """In a sentence, and nothing is claimed."""
    answer = await press(browser, "/desk", {}, action="/desk/next")

    assert answer.status_code == 200
    assert "Nothing waits for you now." in answer.text


async def test_the_desk_counts_what_its_queues_hold(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """What is taken moves from one to the other."""
    code = await request_at_gate()
    before = (await browser.get("/desk/queue?queue=to_take")).text
    await taken(browser)

    to_take = (await browser.get("/desk/queue?queue=to_take")).text
    mine = (await browser.get("/desk/queue?queue=mine")).text

    assert (code in before, code in to_take, code in mine) == (True, False, True)


@pytest.mark.parametrize("address", ["queue=none", "kind=x", "after=x", "after=2026-01-01_1"])
async def test_an_address_that_says_nonsense_shows_the_queue(
    browser: httpx.AsyncClient, officer: Staff, address: str
) -> None:
    """As if it had not said it."""
    code = await request_at_gate()

    answer = await browser.get(f"/desk/queue?{address}")

    assert answer.status_code == 200
    assert code in answer.text


async def test_an_approval_shows_its_e_mail_first(
    browser: httpx.AsyncClient, clock: Clock, officer: Staff
) -> None:
    """And is told with its officer, by which way, and in which round."""
    code = await request_at_gate()
    case = await taken(browser)
    await ticked(browser, case)
    shown = (await browser.get(f"{case}/decide/approve")).text

    await decided(browser, case, "approve", {})
    await landed(browser, clock)

    assert NOURA["email"] in shown
    assert (await row_of(code)).status == Status.APPROVED
    (found,) = await decisions(code)
    assert (found.officer, found.verdict, found.origin, found.round) == (
        officer.user_name,
        Verdict.APPROVE,
        Origin.DESK_PAGE,
        1,
    )


async def test_a_return_names_fields_and_a_reason(
    browser: httpx.AsyncClient, clock: Clock, officer: Staff
) -> None:
    """What is missing is said beside its box; the note is in the e-mail before it is sent."""
    code = await request_at_gate()
    case = await taken(browser)
    page = f"{case}/decide/return"
    fields = {"field-specialty": "yes", "reason": "unclear", "note": "Which ward?"}

    nothing = await press(browser, page, {})
    shown = await press(browser, page, fields)
    await decided(browser, case, "return", fields)
    await landed(browser, clock)

    assert nothing.status_code == 422
    assert "Tick at least one." in nothing.text
    assert "Choose a reason." in nothing.text
    assert shown.text.count("Which ward?") > 1
    row = await row_of(code)
    assert row.status == Status.RETURNED
    assert [found["field"] for found in row.corrections] == ["specialty"]


async def test_what_was_written_over_is_shown_again(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Nothing is sent that its officer has not seen as an e-mail."""
    code = await request_at_gate()
    case = await taken(browser)
    page = f"{case}/decide/reject"
    fields = {"reason": "not_eligible", "note": "No"}
    shown = await press(browser, page, fields)
    hidden = hidden_fields(shown.text, page)

    changed = {**hidden, **fields, "note": "Never", "step": "decide"}
    answer = await browser.post(page, data=changed, headers=OURS)

    assert answer.status_code == 200
    assert (await row_of(code)).status == Status.UNDER_REVIEW
    assert answer.text.count("Never") > 1


async def test_only_what_the_request_touches_can_be_returned(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Neither offered, nor taken from whoever sends it all the same."""
    code = await request_at_gate()
    case = await taken(browser)

    shown = (await browser.get(f"{case}/decide/return")).text
    answer = await press(
        browser, f"{case}/decide/return", {"field-mobile": "yes", "reason": "unclear"}
    )

    assert ("field-specialty" in shown, "field-mobile" in shown) == (True, False)
    assert answer.status_code == 422
    assert (await row_of(code)).status == Status.UNDER_REVIEW


async def test_a_colleague_s_case_cannot_be_decided(
    browser: httpx.AsyncClient, other: httpx.AsyncClient, officer: Staff, second: Staff
) -> None:
    """It says so before the work, and when it is pressed all the same."""
    code = await request_at_gate()
    case = await taken(browser)

    shown = (await other.get(case)).text
    asked = await other.get(f"{case}/decide/approve")
    pressed = await press(other, f"{case}/decide/approve", {"step": "decide"})

    assert f"{officer.user_name}</bdi> is working on this case" in shown
    assert "/decide/return" not in shown
    assert (asked.status_code, pressed.status_code) == (409, 409)
    assert await decisions(code) == []


async def test_a_supervisor_takes_a_case_over(
    browser: httpx.AsyncClient, other: httpx.AsyncClient, officer: Staff
) -> None:
    """From its page, which then offers the decisions; the colleague finds who has it."""
    code = await request_at_gate()
    case = await taken(browser)
    supervisor = await signed_in(other, Role.SUPERVISOR)

    await press(other, case, {}, action=f"{case}/take-over")

    assert (await row_of(code)).claimed_by == supervisor.user_name
    assert f"{case}/decide/return" in (await other.get(case)).text
    shown = (await browser.get(case)).text
    assert f"{supervisor.user_name}</bdi> is working on this case" in shown
    assert "/take-over" not in shown


async def test_two_who_press_next_at_once_get_two_cases(
    browser: httpx.AsyncClient, other: httpx.AsyncClient, officer: Staff, second: Staff
) -> None:
    """And whoever comes third finds nothing."""
    await request_at_gate()
    somebody = (await register_applicant()).registration_number
    await request_at_gate(
        specialty_change(NOW.date(), registration_number=somebody, idempotency_key=somebody)
    )

    first, later = await taken(browser), await taken(other)
    third = await press(other, "/desk", {}, action="/desk/next")

    assert first != later
    assert third.status_code == 200


async def test_next_pressed_twice_leads_to_one_case(
    browser: httpx.AsyncClient, officer: Staff, clock: Clock
) -> None:
    """From one page; what its form says of that page otherwise than we do counts as unsaid."""
    codes = [await request_at_gate()]
    somebody = (await register_applicant()).registration_number
    codes.append(
        await request_at_gate(
            specialty_change(NOW.date(), registration_number=somebody, idempotency_key=somebody)
        )
    )
    hidden = hidden_fields((await browser.get("/desk")).text, "/desk/next")
    clock.forward(timedelta(seconds=1))

    first, again = [await browser.post("/desk/next", data=hidden, headers=OURS) for _ in range(2)]
    assert first.headers["location"] == again.headers["location"]
    holders = [(await row_of(code)).claimed_by for code in codes]
    assert sorted(holders, key=str) == [None, officer.user_name]

    for unread in ("", "x", "2026-11-23", "2026-11-23T09:00:00", "9" * 40, "\x00"):
        data = hidden | {"shown": unread}
        answer = await browser.post("/desk/next", data=data, headers=OURS)
        assert answer.status_code in {200, 303}


async def test_a_decision_on_what_has_moved_is_not_taken(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Somebody decided by the command meanwhile: the page says that it is over."""
    code = await request_at_gate()
    case = await taken(browser)
    page = f"{case}/decide/approve"
    hidden = hidden_fields((await browser.get(page)).text, page)
    ruling = Ruling(verdict=Verdict.REJECT, officer=officer.user_name, reason_code="not_eligible")
    await decide(code, ruling, now=NOW)

    answer = await browser.post(page, data={**hidden, "step": "decide"}, headers=OURS)

    assert answer.status_code == 409
    assert "not at the review gate any more" in answer.text
    assert len(await decisions(code)) == 1


async def test_a_round_that_was_not_shown_is_not_decided(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """A form from the round before, or none of ours."""
    code = await request_at_gate()
    case = await taken(browser)
    page = f"{case}/decide/approve"

    answer = await press(browser, page, {"round": "7", "step": "decide"})

    assert answer.status_code == 409
    assert (await row_of(code)).status == Status.UNDER_REVIEW


async def test_a_case_is_passed_on_with_a_reason(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Nobody holds it then, and Next case does not bring it back that day."""
    code = await request_at_gate()
    case = await taken(browser)

    silent = await press(browser, f"{case}/skip", {"why": " "})
    said = await press(browser, f"{case}/skip", {"why": "needs a pharmacist"})
    again = await press(browser, "/desk", {}, action="/desk/next")

    assert (silent.status_code, said.status_code) == (422, 303)
    assert (await row_of(code)).claimed_by is None
    assert "Nothing waits for you now." in again.text
    async with transaction() as session:
        (row,) = (await session.exec(select(PassedOn))).all()
    assert row.reason == "needs a pharmacist"


@pytest.mark.parametrize(("days", "status"), [(0, 422), (1, 303), (14, 303), (400, 422)])
async def test_a_case_is_put_aside_until_a_day(
    browser: httpx.AsyncClient, officer: Staff, days: int, status: int
) -> None:
    """A later one, and not later than policy says."""
    await request_at_gate()
    case = await taken(browser)
    until = riyadh_day(NOW) + timedelta(days=days)

    answer = await press(browser, f"{case}/hold", {"why": "asked HR", "until": until.isoformat()})

    assert answer.status_code == status
    async with transaction() as session:
        assert len((await session.exec(select(PutAside))).all()) == (status == 303)


async def test_a_case_is_given_back(browser: httpx.AsyncClient, officer: Staff) -> None:
    """And can be taken from its own page."""
    code = await request_at_gate()
    case = await taken(browser)

    await press(browser, case, {}, action=f"{case}/release")
    free = (await row_of(code)).claimed_by
    await press(browser, case, {}, action=f"{case}/claim")

    assert free is None
    assert (await row_of(code)).claimed_by == officer.user_name
