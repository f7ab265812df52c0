"""The supervisors' page of how much there is to do."""

import html
import re

import httpx
import pytest

from desk.requests.claims import claim
from desk.requests.review import Ruling, decide
from rules.accounts.kinds import Role
from rules.requests.verdicts import Verdict
from support.people import register_applicant, specialty_change
from support.requests import NOW, request_at_gate

from .conftest import SignIn

PAGE = "/desk/workload"


async def at_gate() -> str:
    """A request of somebody whom no other test knows."""
    number = (await register_applicant()).registration_number
    return await request_at_gate(
        specialty_change(NOW.date(), registration_number=number, idempotency_key=number)
    )


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_numbers_lead_to_their_lists(
    browser: httpx.AsyncClient, sign_in: SignIn, language: str
) -> None:
    """Of the officer who has a case, and of its kind; what is none leads nowhere."""
    await sign_in(Role.SUPERVISOR)
    code, decided = await at_gate(), await at_gate()
    await claim(code, "amal", now=NOW)
    await claim(decided, "basim", now=NOW)
    ruling = Ruling(verdict=Verdict.APPROVE, officer="basim")
    await decide(decided, ruling, now=NOW)

    shown = (await browser.get(PAGE, params={"lang": language})).text

    links = {html.unescape(each) for each in re.findall(r'href="(/desk/queue[^"]*)"', shown)}
    assert {link.partition("&lang")[0] for link in links} == {
        "/desk/queue?queue=all&officer=amal",
        "/desk/queue?queue=all&kind=profile_update",
    }
    for link in links:
        assert code in (await browser.get(link)).text
    assert "0.0" in shown


@pytest.mark.parametrize("days", ["7", "28", "366", "999", "-1", "x", "٧"])
async def test_days_are_chosen(browser: httpx.AsyncClient, sign_in: SignIn, days: str) -> None:
    """What is no number of days counts as unsaid."""
    await sign_in(Role.SUPERVISOR)

    shown = (await browser.get(PAGE, params={"days": days})).text

    chosen = {"999": "366"}.get(days, days if days in {"7", "366"} else "28")
    assert f'<option value="{chosen}" selected>' in shown


@pytest.mark.parametrize("role", Role)
async def test_only_supervisors_find_it(
    browser: httpx.AsyncClient, sign_in: SignIn, role: Role
) -> None:
    """On the page where officers land; others are refused."""
    await sign_in(role)

    home = (await browser.get("/desk")).text
    answer = await browser.get(PAGE)

    is_supervisor = role is Role.SUPERVISOR
    assert (PAGE in home) == is_supervisor
    assert answer.status_code == (200 if is_supervisor else 403)
