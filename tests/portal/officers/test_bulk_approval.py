"""Several clean cases approved by one press, as a browser meets it."""

import html
import re
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from desk.requests.claims import claim
from models.access_log import Looked
from models.database import transaction
from models.officers import Officer
from models.requests import find_request
from models.waiting_decisions import WaitingDecision
from rules.accounts.kinds import Role
from rules.requests.statuses import Status
from support.accounts import OURS, hidden_fields
from support.at_the_desk import landed, looks, row_of
from support.people import NOURA, register_applicant, specialty_change
from support.policies import policy_with
from support.portal import Clock
from support.requests import NOW, request_at_gate
from support.staff import Staff

from .conftest import SignIn

BULK = "/desk/bulk?queue=to_take&kind=profile_update&lang=en"
HOSTILE = '"><script>alert(1)</script>'


async def case(specialty: str = "critical care nursing") -> str:
    """Another person's clean case; its code."""
    number = (await register_applicant()).registration_number
    return await request_at_gate(
        specialty_change(
            NOW.date(),
            registration_number=number,
            idempotency_key=number,
            changes={"specialty": specialty},
        )
    )


async def pressed(
    browser: httpx.AsyncClient, *codes: str, round_: int = 1, **fields: str
) -> httpx.Response:
    """Tick these and press the button."""
    hidden = hidden_fields((await browser.get(BULK)).text, "/desk/bulk")
    ticks = [f"{code}:{round_}" for code in codes]
    data = {**hidden, **fields, "case": ticks}
    return await browser.post(BULK, data=data, headers=OURS)


async def waiting() -> int:
    """How many decisions wait."""
    async with transaction() as session:
        return len((await session.exec(select(WaitingDecision))).all())


def said(answer: httpx.Response, code: str) -> str:
    """What the answer says of this case."""
    found = re.search(rf"{code}</bdi></a> · ([^<]*)<", answer.text)
    assert found, answer.text
    return html.unescape(found[1])


async def test_each_line_shows_what_changes_and_is_not_ticked(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """With the person, the way to its e-mails, and a line of the access log for each."""
    codes = [await case("paediatric nursing"), await case("school nursing")]

    shown = (await browser.get(BULK)).text

    for words in (NOURA["specialty"], "paediatric nursing", "school nursing", "On file:", "New:"):
        assert words in shown
    for code in codes:
        assert f'value="{code}:1"' in shown
        assert f"/desk/cases/{code}/decide/approve?lang=en" in shown
    assert " checked" not in shown
    assert [line.viewer for line in await looks(Looked.CASE)] == [officer.user_name] * 2


async def test_what_is_ticked_is_approved_and_nothing_else(
    browser: httpx.AsyncClient, clock: Clock, officer: Staff
) -> None:
    """Each can be taken back on the desk, and lands some seconds later."""
    ticked, other = await case(), await case()

    answer = await pressed(browser, ticked)
    desk = (await browser.get("/desk?lang=en")).text
    await landed(browser, clock)

    assert said(answer, ticked) == "Approved. It can be taken back for some seconds."
    assert other not in answer.text
    assert f"/desk/cases/{ticked}/take-back" in desk
    assert (await row_of(ticked)).status == Status.APPROVED
    assert (await row_of(other)).status == Status.UNDER_REVIEW


async def test_each_line_says_what_became_of_it(browser: httpx.AsyncClient, officer: Staff) -> None:
    """Of what has moved between the page and the press nothing is decided."""
    fine, theirs, doubted, afresh, mine = [await case() for _ in range(5)]
    hidden = hidden_fields((await browser.get(BULK)).text, "/desk/bulk")
    await claim(theirs, "basim", now=NOW)
    async with transaction() as session:
        (await find_request(session, doubted, lock=True)).review_reasons = ["hours_short"]
        (await find_request(session, afresh, lock=True)).round = 2
        row = await find_request(session, mine)
        me = await session.get_one(Officer, officer.user_name)
        me.practitioner_id = row.practitioner_id
    ticks = [f"{code}:1" for code in (fine, theirs, doubted, afresh, mine)]

    answer = await browser.post(BULK, data={**hidden, "case": ticks}, headers=OURS)

    assert answer.status_code == 200
    assert said(answer, fine).startswith("Approved.")
    assert said(answer, theirs) == "A colleague was faster."
    assert said(answer, doubted).startswith("Something in it wants a closer look.")
    assert said(answer, afresh).startswith("It has changed since it was shown.")
    assert said(answer, mine) == "This is your own request. Somebody else decides it."
    assert await waiting() == 1


async def test_what_needs_two_officers_is_not_approved_with_others(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Neither offered nor taken."""
    code = await case()
    async with transaction() as session:
        (await find_request(session, code, lock=True)).approvals_needed = 2

    shown = (await browser.get(BULK)).text
    answer = await pressed(browser, code)

    assert code not in shown
    assert said(answer, code).startswith("Something in it wants a closer look.")
    assert await waiting() == 0


async def test_pressed_twice_it_is_done_once(browser: httpx.AsyncClient, officer: Staff) -> None:
    """The second answer says so."""
    code = await case()
    hidden = hidden_fields((await browser.get(BULK)).text, "/desk/bulk")
    data = {**hidden, "case": f"{code}:1"}

    first = await browser.post(BULK, data=data, headers=OURS)
    again = await browser.post(BULK, data=data, headers=OURS)

    assert said(first, code).startswith("Approved.")
    assert said(again, code) == "You have decided this case already."
    assert await waiting() == 1


async def test_a_press_that_is_not_ours_approves_nothing(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """What was ticked stays ticked."""
    code = await case()

    answer = await pressed(browser, code, csrf="guessed")

    assert answer.status_code == 403
    assert f'value="{code}:1" checked' in answer.text
    assert await waiting() == 0


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
async def test_who_decides_nothing_neither_sees_nor_approves(
    browser: httpx.AsyncClient, sign_in: SignIn, role: Role
) -> None:
    """Whatever they send."""
    await sign_in(role)
    code = await case()
    hidden = hidden_fields((await browser.get("/desk")).text, "/sign-out")

    shown = await browser.get(BULK)
    answer = await browser.post(BULK, data={**hidden, "case": f"{code}:1"}, headers=OURS)

    assert (shown.status_code, answer.status_code) == (403, 403)
    assert await waiting() == 0
    assert await looks(Looked.CASE) == []


@pytest.mark.parametrize(
    "ticks", [[], ["x"], [":1"], ["<b>:1"], ["0000-0000\x00:1"]], ids=["none", *"abcd"]
)
async def test_a_press_without_a_tick_says_so(
    browser: httpx.AsyncClient, officer: Staff, ticks: list[str]
) -> None:
    """And so does one with ticks that name no case."""
    await case()
    hidden = hidden_fields((await browser.get(BULK)).text, "/desk/bulk")

    answer = await browser.post(BULK, data={**hidden, "case": ticks}, headers=OURS)

    assert answer.status_code == 422
    assert "No case is ticked." in answer.text


async def test_more_than_policy_says_are_not_taken(
    browser: httpx.AsyncClient, officer: Staff, tmp_path: Path
) -> None:
    """None of them."""
    codes = [await case() for _ in range(3)]

    with policy_with(tmp_path, ("bulk_at_most = 50", "bulk_at_most = 2")):
        answer = await pressed(browser, *codes)

    assert answer.status_code == 422
    assert "No more than 2 cases can be ticked at a time." in answer.text
    assert await waiting() == 0


async def test_what_people_call_themselves_is_shown_as_text(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """In the names and in what changes."""
    number = (
        await register_applicant(family_name_en=HOSTILE, family_name_ar="\u202eعلي\u2067")
    ).registration_number
    code = await request_at_gate(
        specialty_change(NOW.date(), registration_number=number, idempotency_key=number)
    )
    async with transaction() as session:
        row = await find_request(session, code, lock=True)
        row.normalised = {**row.normalised, "changes": {"specialty": HOSTILE}}

    for language in ("ar", "en"):
        shown = (await browser.get(f"/desk/bulk?kind=profile_update&lang={language}")).text

        assert code in shown
        assert "<script>alert" not in shown
        assert "&lt;script&gt;" in shown
        # What turns the writing round is gone, or stands in an element that holds it in.
        assert "\u202e" not in re.sub("<bdi>[^<]*</bdi>", "", shown)


@pytest.mark.parametrize("address", ["/desk/bulk", "/desk/bulk?kind=x", "/desk/bulk?queue=late"])
async def test_without_a_kind_it_leads_to_the_queue(
    browser: httpx.AsyncClient, officer: Staff, address: str
) -> None:
    """Where the kind is chosen."""
    answer = await browser.get(address)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/desk/queue?queue=")


async def test_policy_takes_the_page_away(
    browser: httpx.AsyncClient, officer: Staff, tmp_path: Path
) -> None:
    """And the way to it; a form that was open approves nothing."""
    code = await case()
    queue = "/desk/queue?queue=to_take&kind=profile_update&lang=en"
    offered = "/desk/bulk?" in (await browser.get(queue)).text
    hidden = hidden_fields((await browser.get(BULK)).text, "/desk/bulk")

    with policy_with(tmp_path, ("profile_update = true", "profile_update = false")):
        listed = (await browser.get(queue)).text
        answer = await browser.post(BULK, data={**hidden, "case": f"{code}:1"}, headers=OURS)

    assert (offered, "/desk/bulk?" in listed) == (True, False)
    assert answer.status_code == 303
    assert await waiting() == 0


async def test_the_other_language_keeps_what_is_ticked(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """It is a press of the form, and approves nothing."""
    code = await case()

    answer = await pressed(browser, code, switch="yes")

    assert answer.status_code == 200
    assert f'value="{code}:1" checked' in answer.text
    assert await waiting() == 0
