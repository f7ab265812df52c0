"""The page on which officers say when they are away."""

import re
from datetime import timedelta

import httpx
import pytest

from desk.requests.absences import read_absences, say_away
from desk.requests.claims import claim
from rules.accounts.kinds import Role
from rules.requests.absences import DaysAway
from rules.values.dates import riyadh_day
from support.accounts import OURS, press
from support.at_the_desk import row_of
from support.requests import NOW, request_at_gate
from support.staff import Staff

from .conftest import SignIn

PAGE = "/desk/away"
TODAY = riyadh_day(NOW)
DAY = timedelta(days=1)
DAYS = DaysAway(TODAY, TODAY + 3 * DAY)
TYPED = {"first": DAYS.first.isoformat(), "last": DAYS.last.isoformat()}


async def test_an_officer_is_away_and_comes_back(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """What they hold goes back; Next and a claim lead here and say until when."""
    code = await request_at_gate()
    await claim(code, officer.user_name, now=NOW)

    said = await press(browser, PAGE, TYPED)
    next_one = await press(browser, "/desk", {}, action="/desk/next")
    claimed = await press(browser, f"/desk/cases/{code}", {}, action=f"/desk/cases/{code}/claim")
    shown = (await browser.get(PAGE)).text
    back = await press(browser, PAGE, {"officer": "", "day": TYPED["first"]}, action=f"{PAGE}/back")

    for answer in (said, next_one, claimed, back):
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, PAGE)
    assert "Come back first: until then you are given no case." in shown
    assert (await row_of(code)).claimed_by is None
    assert await read_absences(now=NOW) == ()
    assert (
        (await press(browser, "/desk", {}, action="/desk/next"))
        .headers["location"]
        .startswith(f"/desk/cases/{code}")
    )


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_everybody_reads_who_is_away(
    browser: httpx.AsyncClient, officer: Staff, language: str
) -> None:
    """Whoever hands a case over knows to whom not; only one's own can be called off."""
    await say_away("basim", DAYS, by="rahul", now=NOW)

    shown = (await browser.get(PAGE, params={"lang": language})).text

    assert "basim" in shown
    assert "rahul" in shown
    assert f"{PAGE}/back" not in shown
    assert '<select id="officer"' not in shown


async def test_a_supervisor_says_it_of_a_colleague(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """And calls it off."""
    supervisor = await sign_in(Role.SUPERVISOR)

    await press(browser, PAGE, TYPED | {"officer": "basim"})
    [said] = await read_absences(now=NOW)
    fields = {"officer": "basim", "day": TYPED["first"]}
    await press(browser, PAGE, fields, action=f"{PAGE}/back")

    assert (said.officer, said.days, said.said_by) == ("basim", DAYS, supervisor.user_name)
    assert await read_absences(now=NOW) == ()


async def test_an_officer_says_nothing_of_a_colleague(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Nor ends what a supervisor said of one."""
    await say_away("basim", DAYS, by="rahul", now=NOW)
    token = re.search(r'name="csrf" value="([^"]+)"', (await browser.get(PAGE)).text)
    assert token is not None
    sent = {"csrf": token[1], "day": TYPED["first"]}

    of_amal = await browser.post(PAGE, data=sent | TYPED | {"officer": "amal"}, headers=OURS)
    of_basim = await browser.post(f"{PAGE}/back", data=sent | {"officer": "basim"}, headers=OURS)

    assert (of_amal.status_code, of_basim.status_code) == (403, 403)
    assert [one.officer for one in await read_absences(now=NOW)] == ["basim"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"first": "2020-01-01", "last": "2020-01-02"}, "Choose two days"),
        ({"first": TYPED["last"], "last": TYPED["first"]}, "Choose two days"),
        ({"first": "soon", "last": ""}, "Choose two days"),
        ({"first": "2026-11-24", "last": "2026-11-24"}, "days of absence already"),
        (TYPED | {"officer": "nobody"}, "No active officer has this name."),
    ],
)
async def test_what_cannot_be_said_is_refused_beside_its_box(
    browser: httpx.AsyncClient, sign_in: SignIn, typed: dict[str, str], said: str
) -> None:
    """With what was typed; nothing has changed."""
    supervisor = await sign_in(Role.SUPERVISOR)
    await say_away(supervisor.user_name, DAYS, by="rahul", now=NOW)

    answer = await press(browser, PAGE, typed)

    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{typed["first"]}"' in answer.text
    assert len(await read_absences(now=NOW)) == 1


async def test_a_press_from_elsewhere_changes_nothing(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Of both forms."""
    await say_away(officer.user_name, DAYS, by=officer.user_name, now=NOW)
    sent = {"csrf": "guessed", **TYPED, "day": TYPED["first"]}

    answers = [await browser.post(path, data=sent, headers=OURS) for path in (PAGE, f"{PAGE}/back")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert len(await read_absences(now=NOW)) == 1
