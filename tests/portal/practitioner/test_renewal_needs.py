"""What a renewal needs, costs and lacks, before it is begun: as the command says it."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import httpx
import pytest

from desk.drafts.renewal import look
from desk.looks import Looker
from desk.register.cards import eligibility_of
from mail.wording.dates import say_day
from mail.wording.languages import Language
from portal.practitioner.renewal.rows import needs
from rules.card_renewal.eligibility import may_renew
from support.accounts import OURS, hidden_fields, sign_in_as, with_password
from support.cards import give_card
from support.renewing import NEEDS, TASKS, TODAY, holder
from support.requests import NOW


@pytest.mark.parametrize("days", [91, -366])
async def test_not_yet_says_from_when_and_begins_nothing(
    browser: httpx.AsyncClient, days: int
) -> None:
    """Too early or too late: there is no button, and a press without one changes nothing."""
    member = await holder(browser, expires_on=TODAY + timedelta(days=days))
    shown = await browser.get(NEEDS)
    token = hidden_fields(shown.text, "/sign-out")

    pressed = await browser.post(NEEDS, data=token, headers=OURS)

    assert "Start the request" not in shown.text
    assert ("Renewal opens on" in shown.text) is (days > 0)
    assert ("new registration" in shown.text) is (days < 0)
    assert (pressed.status_code, pressed.headers["location"]) == (303, NEEDS)
    assert (await browser.get(TASKS)).headers["location"] == "/renewal"
    assert (await look(member.registration_number, now=NOW)).draft is None


CARDS: dict[str, dict[str, Any]] = {
    "in time": {},
    "not yet": {"days": 91},
    "in the month without a fine": {"days": -10},
    "late": {"days": -60},
    "too late": {"days": -366},
    "suspended": {"status": "suspended"},
    "too few hours": {"hours": 2},
    "exempt": {"category": "exempt"},
    "old and from abroad": {
        "birth_date": date(1955, 1, 1),
        "nationality": "IN",
        "identity_kind": "iqama",
    },
    "a rank that policy does not know": {"rank": "visiting"},
}


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("facts", CARDS.values(), ids=CARDS)
async def test_every_answer_of_the_command_is_on_the_page(
    browser: httpx.AsyncClient, facts: dict[str, Any], language: str
) -> None:
    """Each rule once, under its heading, with its source in the reader's language."""
    on = TODAY + timedelta(days=facts.get("days", 30))
    of_card = {name: facts[name] for name in ("hours", "status", "category") if name in facts}
    person = {name: facts[name] for name in facts if name not in {*of_card, "days"}}
    member = await with_password(**person)
    await give_card(member.registration_number, expires_on=on, **of_card)
    await sign_in_as(browser, member)

    lines = await eligibility_of(
        member.registration_number, TODAY, by=Looker.operations("ops"), now=NOW
    )
    shown = await browser.get(f"{NEEDS}?lang={language}")

    page = _read(shown.text)
    assert shown.text.count("<h3>") == len(lines)
    for line in lines:
        for said in line.words.in_(language).split("{day}"):
            assert _read(said) in page
        day = say_day(line.day, Language(language)) if line.day else ""
        assert day in page
        assert _read(line.source.said.in_(language)) in page
    assert ('method="post" action="/renewal/needs' in shown.text) is may_renew(lines)
    assert not re.search(r"assumed|[a-z]_[a-z]|\[[0-9]+\]", page)


async def test_what_stands_in_the_way_is_told_from_what_is_held(
    browser: httpx.AsyncClient,
) -> None:
    """And documents and costs stand apart; what says from when is first."""
    member = await holder(browser, expires_on=TODAY + timedelta(days=91))

    card = (await look(member.registration_number, now=NOW)).card
    shown = await browser.get(NEEDS)

    assert card is not None
    blocks = {need.line.rule: need.block for need in needs(card.lines)}
    assert blocks["window"] == "missing"
    assert blocks["card_status"] == "held"
    assert blocks["fee"] == "costs"
    assert blocks["document_employer_letter"] == "documents"
    assert "Prevents renewal" in shown.text
    assert shown.text.index("Renewal opens on") < shown.text.index("What is missing, and why")


def _read(html: str) -> str:
    """What somebody reads of it: no markup, no marks of direction."""
    text = unescape(re.sub(r"<[^>]*>", "", html))
    return re.sub("[\u2066-\u2069]", "", text).replace("\u00a0", " ")
