"""Every form of the desk, against what is typed into it, and against presses from elsewhere."""

from dataclasses import replace

import httpx
import pytest

from desk.requests.claims import claim
from rules.accounts.kinds import Role
from rules.requests.verdicts import Verdict
from support.accounts import OURS
from support.at_the_desk import decided
from support.desk_cases import case_with_letter
from support.every_form import ELSEWHERE, HOSTILE, answered, everything_written, pressed
from support.people import register_applicant
from support.requests import NOW
from support.shown_forms import ShownForm, forms_of
from support.staff import Staff, has_left

from .conftest import SignIn

#: What operators do by hand.
ACTS = ("send-again", "release-claims", "restart-run")
#: What a press of one of several buttons sends besides: what makes most of it.
_BUTTONS = {"step": "decide", "how": "as_stated"}


async def cases_of(officer: Staff, browser: httpx.AsyncClient) -> tuple[list[str], str]:
    """Cases as this officer may find them.

    One's own, a leaver's, a colleague's, free, decided a moment ago.

    Their addresses, and that of the first one's document.
    """
    codes = []
    for holder in (officer.user_name, "basim", "amal", None, officer.user_name):
        owner = (await register_applicant()).registration_number
        code, letter = await case_with_letter(owner=owner)
        if holder is not None:
            await claim(code, holder, now=NOW)
        codes.append((f"/desk/cases/{code}", letter.id))
    await has_left("basim")
    cases = [case for case, _ in codes]
    await decided(browser, cases[-1], "approve", {})
    return cases, f"{cases[0]}/documents/{codes[0][1]}"


def with_buttons(form: ShownForm) -> ShownForm:
    """As one of its buttons sends it, where it has several."""
    return replace(form, fixed=form.fixed | _BUTTONS)


@pytest.mark.parametrize("where", list(ELSEWHERE))
async def test_no_form_pressed_from_elsewhere_changes_a_row(
    browser: httpx.AsyncClient, sign_in: SignIn, where: str
) -> None:
    """Every form of every page of the desk, with its own token; the same presses of ours do."""
    officer = await sign_in(*Role)
    cases, document = await cases_of(officer, browser)
    first = cases[0]
    pages = [
        *("/desk", "/desk/queue", "/desk/search", "/desk/access-log"),
        *(f"/desk/operations/{act}" for act in ACTS),
        "/desk/away",
        "/desk/bulk?kind=profile_update",
        "/desk/export",
        *cases,
        document,
        *(f"{first}/{what}" for what in ("skip", "hold", "hand-over")),
        *(f"{first}/decide/{verdict}" for verdict in Verdict),
    ]
    shown = [
        with_buttons(form)
        for page in pages
        for form in forms_of((await browser.get(page)).text)
        if form.method == "post" and "/sign-out" not in form.action
    ]
    before = await everything_written()

    for form in shown:
        answer = await pressed(browser, form, ELSEWHERE[where])
        assert answer.status_code in {303, 403}, form.action

    assert await everything_written() == before
    paths = {form.action.partition("?")[0].rpartition("/")[2] for form in shown}
    assert paths >= {"next", "claim", "release", "take-back", "take-over", "skip", "approve"}
    assert paths >= {"bulk", "export", *ACTS}
    for form in shown:
        await pressed(browser, form, OURS)
    assert await everything_written() != before


@pytest.mark.parametrize(
    "page",
    [
        "skip",
        "hold",
        "decide/return",
        "decide/reject",
        "document",
        "search",
        "access-log",
        "away",
        "hand-over",
        *ACTS,
    ],
)
async def test_what_an_officer_types_is_answered(
    browser: httpx.AsyncClient, sign_in: SignIn, page: str
) -> None:
    """In words, with what was typed, and without a fault of ours."""
    officer = await sign_in(*Role)
    code, letter = await case_with_letter(officer.user_name)
    case = f"/desk/cases/{code}"
    address = {
        "document": f"{case}/documents/{letter.id}",
        "search": "/desk/search",
        "access-log": "/desk/access-log",
        "export": "/desk/export",
        "away": "/desk/away",
        **{act: f"/desk/operations/{act}" for act in ACTS},
    }.get(page, f"{case}/{page}")

    for hostile in HOSTILE.values():
        await answered(browser, address, hostile)
