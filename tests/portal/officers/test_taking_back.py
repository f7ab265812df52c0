"""A decision on the desk's page can be taken back for policy's seconds, and lands then."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from desk.requests.withdrawal import withdraw
from rules.requests.statuses import Status
from support.accounts import OURS, hidden_fields, press
from support.at_the_desk import decided, decisions, landed, row_of, taken
from support.policies import policy_with
from support.portal import Clock
from support.requests import NOW, request_at_gate
from support.staff import Staff


async def approved(browser: httpx.AsyncClient) -> tuple[str, str]:
    """A case whose approval can still be taken back: its code, and its address."""
    code = await request_at_gate()
    case = await taken(browser)
    answer = await decided(browser, case, "approve", {})
    assert answer.headers["location"] == "/desk"
    return code, case


async def test_a_decision_waits_and_then_lands(
    browser: httpx.AsyncClient, clock: Clock, officer: Staff
) -> None:
    """The desk says how long; with the officer's next page after that it is made."""
    code, case = await approved(browser)
    clock.forward(timedelta(seconds=2))

    waiting = (await browser.get("/desk")).text
    shown = (await browser.get(case)).text
    before = await decisions(code)
    after = await landed(browser, clock)

    assert "takes effect in 8 seconds" in waiting
    assert "It takes effect in 8 seconds." in shown
    assert before == []
    assert "takes effect" not in after
    assert (await row_of(code)).status == Status.APPROVED


async def test_a_decision_is_taken_back(
    browser: httpx.AsyncClient, clock: Clock, officer: Staff
) -> None:
    """The case is its officer's again, and nothing lands any more."""
    code, case = await approved(browser)

    answer = await press(browser, "/desk", {}, action=f"{case}/take-back")
    await landed(browser, clock)
    shown = (await browser.get(case)).text

    assert answer.headers["location"] == case
    assert f"{case}/decide/return" in shown
    row = await row_of(code)
    assert (row.status, row.claimed_by) == (Status.UNDER_REVIEW, officer.user_name)
    assert await decisions(code) == []


async def test_a_colleague_takes_nothing_back(
    browser: httpx.AsyncClient,
    other: httpx.AsyncClient,
    clock: Clock,
    officer: Staff,
    second: Staff,
) -> None:
    """No button, and a press changes nothing; nor does Next case bring it."""
    code, case = await approved(browser)

    shown = (await other.get(case)).text
    pressed = await press(other, "/desk", {}, action="/desk/next")
    csrf = hidden_fields(shown, "/desk/next")
    forced = await other.post(f"{case}/take-back", data=csrf, headers=OURS)
    await landed(browser, clock)

    assert "/take-back" not in shown
    assert "Nothing waits for you now." in pressed.text
    assert forced.status_code == 403
    assert (await row_of(code)).status == Status.APPROVED


async def test_too_late_is_said_by_the_case(
    browser: httpx.AsyncClient, clock: Clock, officer: Staff
) -> None:
    """The page was open for longer than the seconds."""
    code, case = await approved(browser)
    shown = await browser.get("/desk")
    await landed(browser, clock)

    csrf = hidden_fields(shown.text, f"{case}/take-back")
    answer = await browser.post(f"{case}/take-back", data=csrf, headers=OURS)

    assert answer.headers["location"] == case
    assert "This request is not at the review gate." in (await browser.get(case)).text
    assert (await row_of(code)).status == Status.APPROVED


async def test_a_withdrawal_wins(browser: httpx.AsyncClient, clock: Clock, officer: Staff) -> None:
    """Nothing is decided, and the desk says why."""
    code, _ = await approved(browser)
    await withdraw(code, now=NOW)

    shown = await landed(browser, clock)

    assert "the applicant has withdrawn it." in shown
    assert (await row_of(code)).status == Status.WITHDRAWN
    assert await decisions(code) == []


async def test_where_policy_gives_no_time_it_is_decided_at_once(
    browser: httpx.AsyncClient, officer: Staff, tmp_path: Path
) -> None:
    """And the desk says what was done."""
    code = await request_at_gate()
    case = await taken(browser)

    with policy_with(tmp_path, ("take_back_seconds = 10", "take_back_seconds = 0")):
        answer = await decided(browser, case, "approve", {})
    shown = (await browser.get(answer.headers["location"])).text

    assert (await row_of(code)).status == Status.APPROVED
    assert f"{code}</bdi> was approved." in shown


@pytest.mark.parametrize("verdict", ["approve", "return", "reject"])
async def test_what_is_decided_cannot_be_decided_again(
    browser: httpx.AsyncClient, officer: Staff, verdict: str
) -> None:
    """Not even by its officer: they take it back first."""
    _, case = await approved(browser)
    fields = {"field-specialty": "yes", "reason": "unclear"} if verdict == "return" else {}
    fields = {"reason": "not_eligible"} if verdict == "reject" else fields

    answer = await press(browser, f"{case}/decide/{verdict}", fields)

    assert answer.status_code == 409
    assert "its officer can still take that back" in answer.text
