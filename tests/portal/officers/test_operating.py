"""What operators do by hand on the page: after a proof, with a reason, once."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col

from desk.operations.acts import acts_done
from desk.policy import current_policy
from desk.requests.claims import claim
from desk.requests.waiting import load_request
from models.database import transaction
from models.letters import Letter
from models.run_states import RunState
from models.runs import carrying
from rules.accounts.kinds import Role
from rules.requests.letter_status import LetterStatus
from support.accounts import OURS, press
from support.faults import set_row
from support.people import NOURA, register_applicant, register_people, specialty_change
from support.portal import Clock
from support.requests import NOW, request_at_gate
from support.staff import has_left, ready, sign_in_wholly

from .conftest import SignIn

PAGE = "/desk/operations"
SEND, RELEASE, RESTART = (
    f"{PAGE}/{act}" for act in ("send-again", "release-claims", "restart-run")
)
WHY = {"reason": "The mail server is mended"}
PROOF_MINUTES = timedelta(minutes=current_policy().accounts.proof_minutes)


async def held_by_who_has_left() -> str:
    """The code of a request that Amal holds, who is gone."""
    code = await request_at_gate()
    await claim(code, "amal", now=NOW)
    await has_left("amal")
    return code


async def with_failed_e_mail() -> str:
    """A request whose only e-mail was refused; its code."""
    number = (await register_applicant()).registration_number
    wish = specialty_change(NOW.date(), registration_number=number, idempotency_key=number)
    code = await request_at_gate(wish)
    async with transaction() as session:
        await session.exec(
            update(Letter)
            .where(col(Letter.request_id).is_not(None))
            .values(status=LetterStatus.FAILED)
        )
    return code


async def queued() -> list[str]:
    """The codes of the requests whose e-mail waits again."""
    async with transaction() as session:
        query = "SELECT facts->>'tracking_code' FROM letters WHERE request_id IS NOT NULL"
        found = await (await session.connection()).exec_driver_sql(f"{query} AND status = 'queued'")
        return [code for (code,) in found]


async def kept() -> list[tuple[str, str, int]]:
    """The acts that are kept: which, why and how many; newest first."""
    return [(one.act, one.reason, one.number) for one in await acts_done(limit=5)]


async def test_claims_are_put_back_with_a_reason(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """And the page says what was done, by whom and why."""
    code = await _prepared(sign_in, held_by_who_has_left)

    answer = await press(browser, RELEASE, WHY)

    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert (await load_request(code)).claimed_by is None
    assert await kept() == [("release_claims", WHY["reason"], 1)]
    shown = (await browser.get(PAGE)).text
    assert "Cases put back: " in shown
    assert WHY["reason"] in shown
    assert NOURA["email"] not in shown


async def _prepared(sign_in: SignIn, case: Callable[[], Awaitable[str]]) -> str:
    await sign_in(Role.OPERATOR)
    return await case()


async def test_pressed_twice_it_is_done_once(browser: httpx.AsyncClient, sign_in: SignIn) -> None:
    """The second press finds nothing to do, and leaves nothing behind."""
    await _prepared(sign_in, held_by_who_has_left)
    again = await browser.get(RELEASE)
    await press(browser, RELEASE, WHY)

    answer = await browser.post(RELEASE, data=_hidden(again.text) | WHY, headers=OURS)

    assert answer.status_code == 303
    assert len(await kept()) == 1


def _hidden(html: str) -> dict[str, str]:
    return {"csrf": re.findall(r'name="csrf" value="([^"]+)"', html)[-1]}


@pytest.mark.parametrize(
    ("which", "leave"), [("all", {"a", "b"}), ("one", {"a"}), ("another sort", set())]
)
async def test_e_mails_are_sent_again(
    browser: httpx.AsyncClient, sign_in: SignIn, which: str, leave: set[str]
) -> None:
    """All that failed, one request's, or those of one sort."""
    codes = {"a": await _prepared(sign_in, with_failed_e_mail), "b": await with_failed_e_mail()}
    chosen = {
        "all": {"letter": "received"},
        "one": {"code": f" {codes['a'].lower()} "},
        "another sort": {"letter": "returned"},
    }[which]

    answer = await press(browser, SEND, WHY | chosen)

    assert answer.status_code == 303
    assert sorted(await queued()) == sorted(codes[each] for each in leave)


async def test_a_run_is_restarted(browser: httpx.AsyncClient, sign_in: SignIn) -> None:
    """Of the request whose code was typed."""
    code = await _prepared(sign_in, request_at_gate)
    await set_row(code, run_state=RunState.WAITING)

    answer = await press(browser, RESTART, WHY | {"code": code})

    assert answer.status_code == 303
    assert (await load_request(code)).run_state == RunState.WANTED
    assert await kept() == [("restart_run", WHY["reason"], 1)]


async def test_what_cannot_be_restarted_is_said(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """Beside the box, and what was typed stays."""
    code = await _prepared(sign_in, request_at_gate)
    await set_row(code, run_state=RunState.WAITING)

    async with carrying((await load_request(code)).id):
        at_work = await press(browser, RESTART, WHY | {"code": code})
    unknown = await press(browser, RESTART, WHY | {"code": "K7Q2-M9XD"})
    no_code = await press(browser, RESTART, WHY | {"code": "what?"})

    assert [each.status_code for each in (at_work, unknown, no_code)] == [422] * 3
    assert "the run is at work" in at_work.text
    assert WHY["reason"] in at_work.text
    assert ["No request has this code." in each.text for each in (unknown, no_code)] == [True] * 2
    assert await kept() == []


@pytest.mark.parametrize("page", [SEND, RELEASE, RESTART])
async def test_a_reason_is_asked_for(
    browser: httpx.AsyncClient, sign_in: SignIn, page: str
) -> None:
    """Blanks are none."""
    code = await _prepared(sign_in, held_by_who_has_left)
    await with_failed_e_mail()

    answer = await press(browser, page, {"reason": " ", "code": code})

    assert answer.status_code == 422
    assert "Say why." in answer.text
    assert (await kept(), await queued()) == ([], [])
    assert (await load_request(code)).claimed_by == "amal"


@pytest.mark.parametrize("page", [SEND, RELEASE, RESTART])
async def test_a_proof_of_long_ago_is_asked_for_again(
    browser: httpx.AsyncClient, folder: object, clock: Clock, page: str
) -> None:
    """The form and what it sends: whoever sits before an open session does nothing."""
    await register_people()
    staff, app = await ready(Role.OPERATOR)
    await sign_in_wholly(browser, staff, app)
    code = await held_by_who_has_left()
    hidden = _hidden((await browser.get(page)).text)
    clock.forward(PROOF_MINUTES)

    shown = await browser.get(page)
    sent = await browser.post(page, data=hidden | WHY | {"code": code}, headers=OURS)

    assert [each.status_code for each in (shown, sent)] == [303, 303]
    for each in (shown, sent):
        assert each.headers["location"].startswith("/account/confirm?to=")
    assert (await kept(), (await load_request(code)).claimed_by) == ([], "amal")
    proof = {"password": staff.password, "code": app.at(clock.now)}
    back = await press(browser, shown.headers["location"], proof, action="/account/confirm")
    assert back.headers["location"].partition("?")[0] == page
    assert (await browser.get(page)).status_code == 200


@pytest.mark.parametrize("page", [SEND, RELEASE, RESTART])
async def test_a_press_from_elsewhere_does_nothing(
    browser: httpx.AsyncClient, sign_in: SignIn, page: str
) -> None:
    """The page says so, with what was typed."""
    code = await _prepared(sign_in, held_by_who_has_left)

    answer = await browser.post(page, data={"csrf": "guessed", "code": code} | WHY, headers=OURS)

    assert answer.status_code == 403
    assert "nothing has changed" in answer.text
    assert (await kept(), (await load_request(code)).claimed_by) == ([], "amal")


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("page", [SEND, RELEASE, RESTART])
async def test_it_is_read_in_both_languages(
    browser: httpx.AsyncClient, sign_in: SignIn, page: str, language: str
) -> None:
    """Changing the language keeps what was typed, and does nothing."""
    code = await _prepared(sign_in, held_by_who_has_left)
    hidden = _hidden((await browser.get(page)).text)
    fields = hidden | WHY | {"code": code, "switch": "yes"}

    answer = await browser.post(f"{page}?lang={language}", data=fields, headers=OURS)

    assert f'lang="{language}"' in answer.text
    assert WHY["reason"] in answer.text
    assert await kept() == []


async def test_an_e_mail_that_there_is_not_sends_none(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """What is chosen wrongly is not everything."""
    await _prepared(sign_in, with_failed_e_mail)

    answer = await press(browser, SEND, WHY | {"letter": "every one\x00"})

    assert answer.status_code == 422
    assert "Choose one from the list." in answer.text
    assert await queued() == []
