"""The pages on which cases are given to another officer."""

import httpx
import pytest

from desk.cases.case import read_case
from desk.looks import Looker
from desk.requests.claims import claim
from desk.requests.handing_over import assign_all
from desk.requests.landing import put_down
from desk.requests.review import Ruling
from portal.web.sentences import sentences
from rules.accounts.kinds import Role
from rules.requests.verdicts import Verdict
from support.accounts import OURS, hidden_fields, press
from support.at_the_desk import row_of
from support.desk_cases import case_for_two
from support.people import register_applicant, specialty_change
from support.requests import NOW, request_at_gate
from support.staff import Staff

from .conftest import SignIn, signed_in

QUEUE = "/desk/queue?queue=all"
GIVE = "/desk/hand-over"


async def at_gate() -> str:
    """A request of somebody whom no other test knows."""
    number = (await register_applicant()).registration_number
    return await request_at_gate(
        specialty_change(NOW.date(), registration_number=number, idempotency_key=number)
    )


async def given(
    browser: httpx.AsyncClient,
    codes: list[str],
    officer: str,
    why: str = "Amal is ill",
    language: str = "en",
) -> httpx.Response:
    """Tick these in the queue, then choose the officer and say why."""
    shown = await browser.get(QUEUE)
    token = hidden_fields(shown.text, GIVE)["csrf"]
    asked = await browser.post(GIVE, data={"csrf": token, "code": codes}, headers=OURS)
    assert asked.status_code == 200
    assert [code for code in codes if code not in asked.text] == []
    fields = {"csrf": token, "step": "give", "code": codes, "officer": officer, "why": why}
    return await browser.post(f"{GIVE}?lang={language}", data=fields, headers=OURS)


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_a_supervisor_gives_several_and_reads_what_came_of_each(
    browser: httpx.AsyncClient, sign_in: SignIn, language: str
) -> None:
    """One was decided meanwhile."""
    await sign_in(Role.SUPERVISOR)
    free, held, waits = [await at_gate() for _ in range(3)]
    await claim(held, "amal", now=NOW)
    await put_down(waits, Ruling(verdict=Verdict.APPROVE, officer="amal"), now=NOW)

    answer = await given(browser, [free, held, waits], "basim", language=language)

    assert answer.status_code == 200
    assert answer.text.count(sentences()["hand.given"][language]) == 2
    assert answer.text.count(sentences()["hand.waits"][language]) == 1
    holders = [(await row_of(code)).claimed_by for code in (free, held, waits)]
    assert holders == ["basim", "basim", None]


async def test_without_a_reason_it_is_asked_again(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """With what was chosen; nothing is given."""
    await sign_in(Role.SUPERVISOR)
    code = await at_gate()

    answer = await given(browser, [code], "basim", why=" ")

    assert answer.status_code == 422
    assert '<option value="basim" selected>' in answer.text
    assert f'name="code" value="{code}"' in answer.text
    assert (await row_of(code)).claimed_by is None


async def test_only_supervisors_have_boxes_in_the_queue(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """And the page refuses others."""
    code = await at_gate()

    shown = await browser.get(QUEUE)
    token = hidden_fields(shown.text, "/desk/next")["csrf"]
    sent = {"csrf": token, "code": code, "step": "give", "officer": "basim", "why": "why"}
    answer = await browser.post(GIVE, data=sent, headers=OURS)

    assert code in shown.text
    assert GIVE not in shown.text
    assert f'id="give-{code}"' not in shown.text
    assert answer.status_code == 403
    assert (await row_of(code)).claimed_by is None


async def test_a_press_from_elsewhere_gives_nothing(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """Of several, and of one."""
    await sign_in(Role.SUPERVISOR)
    code = await at_gate()
    sent = {"csrf": "guessed", "step": "give", "code": code, "officer": "basim", "why": "why"}

    answers = [
        await browser.post(path, data=sent, headers=OURS)
        for path in (GIVE, f"/desk/cases/{code}/hand-over")
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert (await row_of(code)).claimed_by is None


async def test_an_officer_hands_a_case_to_a_colleague(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """The case says by whom and why; then it is the colleague's."""
    code = await at_gate()
    case = f"/desk/cases/{code}"
    await claim(code, officer.user_name, now=NOW)

    wrong = await press(browser, f"{case}/hand-over", {"officer": "nobody", "why": "why"})
    answer = await press(browser, f"{case}/hand-over", {"officer": "basim", "why": "a pharmacist"})
    shown = (await browser.get(case)).text

    assert wrong.status_code == 422
    assert "No active officer has this name." in wrong.text
    assert answer.status_code == 303
    assert (await row_of(code)).claimed_by == "basim"
    assert "a pharmacist" in shown


async def test_a_colleague_s_case_is_handed_over_by_supervisors_alone(
    browser: httpx.AsyncClient, other: httpx.AsyncClient, officer: Staff
) -> None:
    """An officer is led to the case, where it says who has it."""
    code = await at_gate()
    page = f"/desk/cases/{code}/hand-over"
    await claim(code, "basim", now=NOW)

    answer = await press(browser, page, {"officer": officer.user_name, "why": "why"})
    refused = (await row_of(code)).claimed_by
    await signed_in(other, Role.SUPERVISOR)
    await press(other, page, {"officer": "amal", "why": "why"})

    assert (answer.status_code, refused) == (303, "basim")
    assert (await row_of(code)).claimed_by == "amal"


async def test_the_second_officer_reads_why_and_no_name(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Of what was given to them; of what was given to others, nothing."""
    code = await case_for_two()
    await claim(code, "amal", now=NOW)
    await assign_all([code], "rahul", by="basim", why="first words", now=NOW)
    await assign_all([code], officer.user_name, by="basim", why="second words", now=NOW)

    shown = (await browser.get(f"/desk/cases/{code}")).text

    told = (await read_case(code, by=Looker.officer("amal"), now=NOW)).handed_on
    assert [one.why for one in told] == ["first words", "second words"]
    assert ("first words" in shown, "second words" in shown) == (False, True)
    assert "basim" not in shown
